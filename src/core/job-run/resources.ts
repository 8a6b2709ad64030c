import type { Resources } from "../application/spec.ts";
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
export function askedResources(properties: Readonly<Record<string, string>>): Resources {
  const executors = askedExecutors(properties);
  const driverCores = count(properties, "spark.driver.cores") ?? 1;
  const executorCores = (count(properties, "spark.executor.cores") ?? 1) * executors;
  const driverMemory = memoryBytes(properties, "spark.driver.memory");
  const executorMemory = executors === 0 ? 0 : memoryBytes(properties, "spark.executor.memory");
  return {
    cores: count(properties, "spark.cores.max") ?? (executors === 0 ? driverCores : executorCores),
    memoryBytes: driverMemory + executors * executorMemory,
  };
}

function askedExecutors(properties: Readonly<Record<string, string>>): number {
  const instances = count(properties, "spark.executor.instances", 0);
  if (instances !== null) return instances;
  if (properties["spark.dynamicAllocation.enabled"] === "true") {
    const most = count(properties, "spark.dynamicAllocation.maxExecutors", 0);
    if (most !== null) return most;
  }
  const named = ["spark.executor.cores", "spark.executor.memory"].some((key) => key in properties);
  return named ? DEFAULT_EXECUTORS : 0;
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

/** Spark's sizes (JavaUtils.byteStringAs): digits and a unit; without a unit a memory property counts mebibytes. */
function memoryBytes(properties: Readonly<Record<string, string>>, key: string): number {
  const text = (properties[key] ?? DEFAULT_MEMORY).trim();
  const match = /^(\d+)([bkmgtp]?)b?$/.exec(text.toLowerCase());
  const amount = Number(match?.[1]);
  const bytes = amount * (UNIT_BYTES[match?.[2] || "m"] ?? MEBIBYTE);
  if (match === null || !(bytes >= MEBIBYTE) || bytes > Number.MAX_SAFE_INTEGER) {
    throw invalid(`${key} must be a size of at least 1m such as 512m or 2g, not '${text}'.`);
  }
  return bytes;
}
