import type { JobRunState } from "../job-run/job-run.ts";
import type { SchedulerLimits } from "./virtual-cluster.ts";

/** What holds where no `maxConcurrentJobRuns` is set: the words of botocore 1.44.5, `SchedulerConfiguration`. */
export const DEFAULT_MAX_CONCURRENT_JOB_RUNS = 1_000;

/** The states that `maxInQueueJobRuns` limits, in the model's words. */
export const QUEUED_JOB_RUN_STATES = ["PENDING", "SUBMITTED"] as const satisfies readonly JobRunState[];

/** The state that the model's `currentConcurrentJobRuns` counts. */
export const CONCURRENT_JOB_RUN_STATES = ["RUNNING"] as const satisfies readonly JobRunState[];

/**
 * The states that take one of the places that `maxConcurrentJobRuns` gives. What was launched will be RUNNING, and what
 * is being cancelled still is at work, so both count: then no moment shows more RUNNING runs than the limit.
 */
export const PLACED_JOB_RUN_STATES = [
  "SUBMITTED",
  "RUNNING",
  "CANCEL_PENDING",
] as const satisfies readonly JobRunState[];

export function concurrencyLimit({ maxConcurrentJobRuns }: SchedulerLimits): number {
  return maxConcurrentJobRuns ?? DEFAULT_MAX_CONCURRENT_JOB_RUNS;
}
