import type { EventLogRotation, LogRotation } from "../application/spec.ts";
import { invalid } from "../errors.ts";
import type { MonitoringConfiguration } from "./job-run.ts";
import { sizeBytes } from "./resources.ts";

const MEMBER = "configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration";
/** emr-b.md B78. */
const FIRST_RELEASE = [6, 11] as const;
/** emr-b.md 3.7. */
const LEAST_FILE_BYTES = 2 * 2 ** 10;
const MOST_FILE_BYTES = 2 * 2 ** 30;
const MOST_FILES = 50;
const UNIT_BYTES: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/**
 * How outputs are to be cut into files; undefined where they are not. The guide says what is needed and what is allowed
 * (emr-b.md B78, B79, 3.7) and prints no error, so that the words are ours. Throws a DomainError of kind `invalid`.
 */
export function readLogRotation(
  monitoring: MonitoringConfiguration,
  releaseLabel: string,
): LogRotation | undefined {
  const asked = monitoring.containerLogRotationConfiguration;
  if (asked === undefined) return undefined;
  if (monitoring.s3MonitoringConfiguration === undefined)
    throw invalid(`${MEMBER} must be used together with s3MonitoringConfiguration.`);
  if (isOlder(releaseLabel, FIRST_RELEASE)) {
    throw invalid(
      `${MEMBER} is not supported by release ${releaseLabel}: use emr-${FIRST_RELEASE.join(".")}.0 or later.`,
    );
  }
  const [, amount, unit = ""] = /^(\d+)([KMG])[Bb]?$/.exec(asked.rotationSize) ?? [];
  const fileBytes = Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN);
  if (!(fileBytes >= LEAST_FILE_BYTES && fileBytes <= MOST_FILE_BYTES)) {
    throw invalid(
      `${MEMBER}.rotationSize must be a whole number of KB, MB or GB from 2KB to 2GB, such as 1500MB, not '${asked.rotationSize}'.`,
    );
  }
  const files = asked.maxFilesToKeep;
  if (files < 1 || files > MOST_FILES)
    throw invalid(`${MEMBER}.maxFilesToKeep must be from 1 to ${MOST_FILES}, not ${files}.`);
  return { fileBytes, files };
}

function isOlder(label: string, [firstMajor, firstMinor]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = (/emr-(\d+)\.(\d+)\./.exec(label)?.slice(1) ?? []).map(Number);
  return major < firstMajor || (major === firstMajor && minor < firstMinor);
}

const EVENT_LOG = "spark.eventLog.rotation";
const LEAST_INTERVAL_SECONDS = 60;
const LEAST_EVENT_FILE_BYTES = 2 ** 20;
const DEFAULT_EVENT_FILES = 2;
const MOST_EVENT_FILES = 10;
const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, min: 60, h: 3600 };

/**
 * How Spark's event log is to be cut into files (emr-b.md 3.7: EMR's own properties); undefined where it is not. Throws a
 * DomainError of kind `invalid` that names the property whose value is out of its range.
 */
export function readEventLogRotation(
  properties: Readonly<Record<string, string>>,
): EventLogRotation | undefined {
  if (!isTrue(properties, `${EVENT_LOG}.enabled`)) return undefined;
  const interval = /^(\d+)(s|m|min|h|)$/.exec(properties[`${EVENT_LOG}.interval`]?.trim() ?? "300");
  const seconds = Number(interval?.[1]) * (SECONDS[interval?.[2] ?? ""] ?? Number.NaN);
  if (!(seconds >= LEAST_INTERVAL_SECONDS))
    throw outOfRange(properties, "interval", `at least ${LEAST_INTERVAL_SECONDS} seconds`);
  const fileBytes = sizeBytes(properties[`${EVENT_LOG}.minFileSize`] ?? "1m", "b");
  if (fileBytes === null || fileBytes < LEAST_EVENT_FILE_BYTES)
    throw outOfRange(properties, "minFileSize", "a size of at least 1m");
  const text = properties[`${EVENT_LOG}.maxFilesToRetain`]?.trim() ?? String(DEFAULT_EVENT_FILES);
  const files = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (files < 1 || files > MOST_EVENT_FILES)
    throw outOfRange(properties, "maxFilesToRetain", `a number from 1 to ${MOST_EVENT_FILES}`);
  return { fileBytes, files };
}

function isTrue(properties: Readonly<Record<string, string>>, key: string): boolean {
  const text = (properties[key] ?? "false").trim().toLowerCase();
  if (text !== "true" && text !== "false")
    throw invalid(`${key} must be true or false, not '${properties[key]}'.`);
  return text === "true";
}

function outOfRange(properties: Readonly<Record<string, string>>, name: string, range: string) {
  const key = `${EVENT_LOG}.${name}`;
  return invalid(`${key} must be ${range}, not '${properties[key]}'.`);
}
