import type { SparkDriverSpec } from "../../core/application/spec.ts";
import type { Properties } from "./properties-file.ts";
import { type UiAccess, uiAccessFile, uiFilter } from "./ui-access.ts";

/** What a driver's command needs so that its pages are there, for the server alone. */
export interface SparkUi {
  /** Options that hold whatever the user's say. */
  readonly options: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** Lines for the submitter's log. */
  readonly notes: readonly string[];
}

const NONE: SparkUi = { options: [], files: {}, notes: [] };

/** Settings that make Spark's pages link to where they are not. */
const MISLEADING = ["spark.ui.proxyBase", "spark.ui.reverseProxy", "spark.ui.proxyRedirectUri"];

/**
 * The pages of a run whose `persistentAppUI` is on. They listen on loopback, where every program of this machine is,
 * so a filter of ours asks each request for the run's secret. The user's own filters come behind it.
 *
 * @param properties the user's, in effect
 * @param access null where the server shows no pages
 */
export function sparkUi(
  spec: SparkDriverSpec,
  sparkVersion: string,
  properties: Properties,
  access: UiAccess | null,
): SparkUi {
  if (access === null || !spec.eventLog) return { ...NONE, notes: openPagesNote(properties) };
  if (properties["spark.ui.enabled"]?.trim().toLowerCase() === "false")
    return { ...NONE, notes: ["spark.ui.enabled: the run's pages are off until it has ended"] };
  const own = Number(properties["spark.ui.port"]);
  const port = Number.isInteger(own) && own > 0 ? own : access.port;
  const filters = [uiFilter(sparkVersion), properties["spark.ui.filters"]].filter(Boolean).join(",");
  return {
    options: ["--conf", `spark.ui.port=${port}`, "--conf", `spark.ui.filters=${filters}`],
    files: uiAccessFile({ ...access, port }),
    notes: MISLEADING.filter((name) => name in properties).map(
      (name) => `${name}: links of the run's pages may lead nowhere in 'firesteel emr ui'`,
    ),
  };
}

/** What the run gets where the user says nothing of its pages. */
export function uiDefaults(access: UiAccess | null, spec: SparkDriverSpec): Properties {
  return {
    // Its pages tell everything of a run to whatever connects: programs of other runs too, but for the filter.
    "spark.ui.enabled": String(access !== null && spec.eventLog),
    // They are for reading: a run is ended by CancelJobRun, which is authenticated and audited.
    "spark.ui.killEnabled": "false",
    // Drivers that run side by side would search for a free port from 4040 on, and give up after 16.
    "spark.ui.port": "0",
  };
}

/** Drivers share the machine's network: what a run opens there, every other one can reach. */
function openPagesNote(properties: Properties): string[] {
  return properties["spark.ui.enabled"]?.trim().toLowerCase() === "true"
    ? ["spark.ui.enabled: any program of this machine can open this run's pages"]
    : [];
}
