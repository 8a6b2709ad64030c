import type { Scope, VirtualClusterId } from "../ids.ts";

/** The four states of emr-c.md 2.1; `ARRESTED` is a deletion that failed for want of permission. */
export const VIRTUAL_CLUSTER_STATES = ["RUNNING", "TERMINATING", "TERMINATED", "ARRESTED"] as const;
export type VirtualClusterState = (typeof VIRTUAL_CLUSTER_STATES)[number];

/**
 * How many of a cluster's job runs may be at work and wait at once: the model's `SchedulerConfiguration`. Null is a
 * limit that nobody set.
 */
export interface SchedulerLimits {
  readonly maxConcurrentJobRuns: number | null;
  readonly maxInQueueJobRuns: number | null;
}

export const NO_LIMITS: SchedulerLimits = { maxConcurrentJobRuns: null, maxInQueueJobRuns: null };

/** A Kubernetes namespace registered with the service; on the process engine a namespace is a name only. */
export interface VirtualCluster extends Scope {
  readonly id: VirtualClusterId;
  readonly name: string;
  readonly state: VirtualClusterState;
  /** Name of the EKS cluster (`containerProvider.id`). */
  readonly eksClusterId: string;
  readonly namespace: string;
  readonly limits: SchedulerLimits;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly terminatedAtMs: number | null;
  /** 0 before the first commit; each commit adds one. */
  readonly version: number;
}

/** The name and the namespace are held by every cluster that is not gone: a terminated one frees both. */
export const NAME_HOLDING_STATES = [
  "RUNNING",
  "TERMINATING",
  "ARRESTED",
] as const satisfies readonly VirtualClusterState[];
