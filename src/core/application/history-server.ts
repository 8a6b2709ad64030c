import type { AccountId } from "../ids.ts";
import { type ApplicationId, applicationId } from "../ids.ts";
import type { ApplicationSpec, RuntimeRequirement } from "./spec.ts";

/** Its start is a few seconds; a machine that is busy may take many. */
const START_TIMEOUT_SECONDS = 300;

const PREFIX = "history-";

/** The one history server of an account. */
export function historyServerOwner(account: AccountId): { kind: "history-server"; id: string } {
  return { kind: "history-server", id: `${PREFIX}${account}` };
}

/** The tag of a start of an account's history server; `unique` is never used again. */
export function historyServerTag(account: AccountId, unique: string): ApplicationId {
  return applicationId(`${PREFIX}${account}-${unique}`);
}

/** Whether a tag is that of a history server: ids of runs are of letters and digits alone. */
export function isHistoryServerTag(tag: ApplicationId): boolean {
  return tag.startsWith(PREFIX);
}

/** Spark's history server as an application. Its output stays in its directory: it says nothing of a run. */
export function historyServerSpec(
  runtime: RuntimeRequirement,
  memoryBytes: number,
): ApplicationSpec<"history-server"> {
  return {
    kind: "history-server",
    runtime,
    configuration: {},
    resources: { cores: 1, memoryBytes },
    logs: {
      s3Uri: null,
      cloudWatch: null,
      containers: { driver: "history-server", submitter: "history-server-submitter" },
    },
    startTimeoutSeconds: START_TIMEOUT_SECONDS,
  };
}

/** The newest of versions such as `3.5.9`, as `3.5`; null where there is none. */
export function newestSparkVersion(versions: readonly string[]): string | null {
  const [newest] = versions
    .map((version) => version.split(".").map(Number))
    .sort(([majorA = 0, minorA = 0], [majorB = 0, minorB = 0]) => majorB - majorA || minorB - minorA);
  return newest === undefined ? null : newest.slice(0, 2).join(".");
}

/** Whether a history server of one version reads event logs of another: of its own version and of older ones. */
export function readsLogsOf(server: string, run: string): boolean {
  return newestSparkVersion([server, run]) === newestSparkVersion([server]);
}
