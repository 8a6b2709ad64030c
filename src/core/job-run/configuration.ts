import { invalid } from "../errors.ts";
import type { Configuration } from "./job-run.ts";

/** Classifications whose content reaches the driver as a file or as its environment (emr-d.md D-082). */
const DRIVER_CLASSIFICATIONS = new Set([
  "core-site",
  "emrfs-site",
  "hive-site",
  "spark-defaults",
  "spark-env",
  "spark-hive-site",
  "spark-log4j",
  "spark-log4j2",
  "spark-metrics",
]);

/** The service's own classification (emr-b.md 3.2). */
const SERVICE_CLASSIFICATION = "emr-containers-defaults";
const START_TIMEOUT = "job-start-timeout";
const DEFAULT_START_TIMEOUT_SECONDS = 900;

export interface ReadConfiguration {
  /** Properties by classification, for the driver; of two values for one key the later one stands. */
  readonly byClassification: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly startTimeoutSeconds: number;
  /** The first classification that this engine does not know; the run then fails as the service's do. */
  readonly unsupported: string | null;
}

/**
 * Reads `applicationConfiguration`. Throws a DomainError of kind `invalid` for what cannot mean anything: nested
 * configurations where none belong, a time-out that is no number, a key of the service's own that is not known.
 */
export function readApplicationConfiguration(configurations: readonly Configuration[]): ReadConfiguration {
  const byClassification: Record<string, Record<string, string>> = {};
  let startTimeoutSeconds = DEFAULT_START_TIMEOUT_SECONDS;
  let unsupported: string | null = null;
  for (const configuration of configurations) {
    const { classification } = configuration;
    const properties = flatten(configuration);
    if (classification === SERVICE_CLASSIFICATION) startTimeoutSeconds = readStartTimeout(properties);
    else if (!DRIVER_CLASSIFICATIONS.has(classification)) unsupported ??= classification;
    else byClassification[classification] = { ...byClassification[classification], ...properties };
  }
  return { byClassification, startTimeoutSeconds, unsupported };
}

/** Only `spark-env` nests: its variables stand in a configuration named `export`, as on every EMR. */
function flatten(configuration: Configuration): Record<string, string> {
  const properties = { ...configuration.properties };
  for (const inner of configuration.configurations ?? []) {
    if (configuration.classification !== "spark-env" || inner.classification !== "export") {
      throw invalid(
        `configurationOverrides.applicationConfiguration: classification ${configuration.classification} takes no nested configuration '${inner.classification}'.`,
      );
    }
    Object.assign(properties, inner.properties);
  }
  return properties;
}

function readStartTimeout(properties: Readonly<Record<string, string>>): number {
  for (const key of Object.keys(properties)) {
    if (key !== START_TIMEOUT) {
      throw invalid(
        `configurationOverrides.applicationConfiguration: ${SERVICE_CLASSIFICATION} has no effect for '${key}' on this engine: remove it.`,
      );
    }
  }
  const text = properties[START_TIMEOUT];
  if (text === undefined) return DEFAULT_START_TIMEOUT_SECONDS;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw invalid(
      `configurationOverrides.applicationConfiguration: ${START_TIMEOUT} must be a number of seconds, not '${text}'.`,
    );
  }
  return Number(text);
}
