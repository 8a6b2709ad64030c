import type { Static } from "typebox";
import type * as JobRuns from "../../contract/emr-containers/job-runs.ts";
import type * as VirtualClusters from "../../contract/emr-containers/virtual-clusters.ts";

/** What the service shows of a virtual cluster and of a job run, and what StartJobRun takes: types only. */
export type VirtualCluster = Static<typeof VirtualClusters.VirtualCluster>;
export type SchedulerConfiguration = NonNullable<VirtualCluster["schedulerConfiguration"]>;
export type JobRun = Static<typeof JobRuns.JobRun>;
export type StartJobRunRequest = Omit<Static<(typeof JobRuns.StartJobRun)["body"]>, "clientToken">;

/** States in which a run has ended (emr-b.md 2.3). */
export const ENDED_RUN_STATES: readonly string[] = ["COMPLETED", "FAILED", "CANCELLED"];
