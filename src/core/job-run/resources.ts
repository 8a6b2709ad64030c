import type { AskedExecutors, Resources } from "../application/spec.ts";
import { invalid } from "../errors.ts";

const MEBIBYTE = 2 ** 20;
const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  k: 2 ** 10,
  m: MEBIBYTE,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** Spark's default on Kubernetes where executors are asked for without their number. */
const DEFAULT_EXECUTORS = 2;
const DEFAULT_MEMORY = "1g";

/**
 * What a submission asks of one machine: as many cores as its executors have together, or the driver's where it names
 * no executors; a heap for the driver and all executors. Throws a DomainError of kind `invalid` that names the
 * property whose value is no number or no size.
 */
export function askedResources(
  properties: Readonly<Record<string, string>>,
  executors: AskedExecutors | null = askedExecutors(properties),
): Resources {
  const driverCores = count(properties, "spark.driver.cores") ?? 1;
  const driverMemory = memoryBytes(properties, "spark.driver.memory");
  const { instances, cores, memoryBytes: each } = executors ?? { instances: 0, cores: 0, memoryBytes: 0 };
  return {
    cores: count(properties, "spark.cores.max") ?? (executors === null ? driverCores : instances * cores),
    memoryBytes: driverMemory + instances * each,
  };
}

/**
 * The executors that a submission asks for, with dynamic allocation the most of them; null where it asks for none. Where
 * it says nothing of them there are as many as `byDefault`. Throws as {@link askedResources} does.
 */
export function askedExecutors(
  properties: Readonly<Record<string, string>>,
  byDefault = 0,
): AskedExecutors | null {
  const instances = countExecutors(properties, byDefault);
  if (instances === 0) return null;
  const cores = count(properties, "spark.executor.cores") ?? 1;
  return { instances, cores, memoryBytes: memoryBytes(properties, "spark.executor.memory") };
}

function countExecutors(properties: Readonly<Record<string, string>>, byDefault: number): number {
  const instances = count(properties, "spark.executor.instances", 0);
  if (properties["spark.dynamicAllocation.enabled"]?.trim().toLowerCase() === "true") {
    const most = count(properties, "spark.dynamicAllocation.maxExecutors", 0);
    if (most !== null) return most;
  }
  if (instances !== null) return instances;
  const named = ["spark.executor.cores", "spark.executor.memory"].some((key) => key in properties);
  return named ? DEFAULT_EXECUTORS : byDefault;
}

function count(properties: Readonly<Record<string, string>>, key: string, least = 1): number | null {
  const text = properties[key]?.trim();
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31 - 1) {
    throw invalid(`${key} must be a whole number of at least ${least}, not '${text}'.`);
  }
  return value;
}

/** Without a unit a memory property counts mebibytes (JavaUtils.byteStringAsMb). */
function memoryBytes(properties: Readonly<Record<string, string>>, key: string): number {
  const text = (properties[key] ?? DEFAULT_MEMORY).trim();
  const bytes = sizeBytes(text, "m");
  if (bytes === null || bytes < MEBIBYTE)
    throw invalid(`${key} must be a size of at least 1m such as 512m or 2g, not '${text}'.`);
  return bytes;
}

/** Spark's sizes: digits and a unit, which may be left out where `unit` is meant; null for another text. */
export function sizeBytes(text: string, unit: "b" | "m"): number | null {
  const match = /^(\d+)([bkmgtp]?)b?$/.exec(text.trim().toLowerCase());
  const bytes = Number(match?.[1]) * (UNIT_BYTES[match?.[2] || unit] ?? MEBIBYTE);
  return match === null || bytes > Number.MAX_SAFE_INTEGER ? null : bytes;
}
