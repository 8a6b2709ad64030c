import { invalid } from "../errors.ts";
import {
  type Classification,
  findClassification,
  findKey,
  isBefore,
  type Release,
  releaseOf,
} from "./classifications.ts";
import type { Configuration } from "./job-run.ts";

const START_TIMEOUT = "job-start-timeout";
const DEFAULT_START_TIMEOUT_SECONDS = 900;
const WHERE = "configurationOverrides.applicationConfiguration";

export interface ReadConfiguration {
  /** Properties by classification, for the driver; of two values for one key the later one stands. */
  readonly byClassification: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly startTimeoutSeconds: number;
  /** The first classification that the release does not have; the run then fails as the service's do. */
  readonly unsupported: string | null;
  /** What has no effect here, and why, for the submitter's log. */
  readonly notes: readonly string[];
}

/**
 * Reads `applicationConfiguration` for a release. Throws a DomainError of kind `invalid` for what cannot mean anything:
 * nested configurations where none belong, a key of the service's own classifications that is not known, or whose value
 * has not its form.
 */
export function readApplicationConfiguration(
  configurations: readonly Configuration[],
  releaseLabel: string,
): ReadConfiguration {
  const release = releaseOf(releaseLabel);
  const byClassification: Record<string, Record<string, string>> = {};
  const service: Record<string, string> = {};
  const notes = new Set<string>();
  let unsupported: string | null = null;
  for (const configuration of configurations) {
    const { classification: name } = configuration;
    const properties = flatten(configuration);
    const classification = findClassification(name, release);
    if (classification === null) unsupported ??= name;
    else if (classification.keys === null) {
      if (classification.outcome === "ignored")
        notes.add(`${name}: no effect here: ${classification.effect}`);
      const target = driverClassification(name, release);
      byClassification[target] = { ...byClassification[target], ...properties };
    } else {
      for (const note of checkKeys(classification, properties)) notes.add(note);
      Object.assign(service, properties);
    }
  }
  return {
    byClassification,
    startTimeoutSeconds: Number(service[START_TIMEOUT] ?? DEFAULT_START_TIMEOUT_SECONDS),
    unsupported,
    notes: Array.from(notes),
  };
}

/** Releases 6.12 to 7.0 write what is classified spark-log4j to log4j2.properties (emr-d.md D-083). */
function driverClassification(name: string, release: Release): string {
  return name === "spark-log4j" && !isBefore(release, [6, 12]) ? "spark-log4j2" : name;
}

/** Only `spark-env` nests: its variables stand in a configuration named `export`, as on every EMR. */
function flatten(configuration: Configuration): Record<string, string> {
  const properties = { ...configuration.properties };
  for (const inner of configuration.configurations ?? []) {
    if (configuration.classification !== "spark-env" || inner.classification !== "export") {
      throw invalid(
        `${WHERE}: classification ${configuration.classification} takes no nested configuration '${inner.classification}'.`,
      );
    }
    Object.assign(properties, inner.properties);
  }
  return properties;
}

function checkKeys({ name, keys }: Classification, properties: Readonly<Record<string, string>>): string[] {
  const notes = new Set<string>();
  for (const [key, value] of Object.entries(properties)) {
    const rule = findKey(keys ?? [], key);
    if (rule === null) throw invalid(`${WHERE}: ${name} has no property '${key}'.`);
    if (!rule.form.expression.test(value))
      throw invalid(`${WHERE}: ${name}: ${key} must be ${rule.form.wording}.`);
    if (rule.outcome === "ignored") notes.add(`${name}: ${rule.key}: no effect here: ${rule.effect}`);
  }
  return Array.from(notes);
}
