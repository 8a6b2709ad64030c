import { invalid } from "../errors.ts";
import type { DomainEvent } from "../events.ts";
import { virtualClusterChanged } from "./events.ts";
import type { SchedulerLimits, VirtualCluster } from "./virtual-cluster.ts";

/** What may happen to a virtual cluster. */
export type VirtualClusterEvent =
  | { readonly type: "limits-set"; readonly limits: SchedulerLimits }
  /** Somebody deletes it, while so many of its job runs are active. */
  | { readonly type: "deletion-requested"; readonly activeJobRuns: number }
  /** None of its job runs is active any more. */
  | { readonly type: "emptied" };

export interface VirtualClusterDecision {
  readonly next: VirtualCluster;
  readonly events: readonly DomainEvent[];
}

/**
 * Decides what an event does to a virtual cluster; null where it changes nothing.
 * Throws a DomainError of kind `invalid` where the cluster's state forbids it.
 */
export function decideVirtualCluster(
  cluster: VirtualCluster,
  event: VirtualClusterEvent,
  nowMs: number,
): VirtualClusterDecision | null {
  switch (event.type) {
    case "limits-set":
      return decideLimits(cluster, event.limits, nowMs);
    case "deletion-requested":
      return decideDeletion(cluster, event.activeJobRuns, nowMs);
    case "emptied":
      return cluster.state === "TERMINATING" ? terminated(cluster, nowMs) : null;
  }
}

function decideLimits(
  cluster: VirtualCluster,
  limits: SchedulerLimits,
  nowMs: number,
): VirtualClusterDecision | null {
  // The form of StartJobRun's refusal (emr-b.md 4.1 row 7); the service's own words for this are not known.
  if (cluster.state !== "RUNNING")
    throw invalid(`Virtual cluster state ${cluster.state} is not valid to update the virtual cluster.`);
  const { maxConcurrentJobRuns, maxInQueueJobRuns } = cluster.limits;
  if (limits.maxConcurrentJobRuns === maxConcurrentJobRuns && limits.maxInQueueJobRuns === maxInQueueJobRuns)
    return null;
  return change(cluster, { ...cluster, limits }, nowMs);
}

/**
 * The service ends no run for a deletion: "Cluster cannot be deleted unless the pods in pending state are cleaned up",
 * and the caller is told to cancel what runs (awslabs/ec2-spot-workshops, 090-emr-on-eks/100-cleanup.md). The call itself
 * is answered, and callers poll TERMINATING until it is TERMINATED: AWS's own CloudFormation provider every 5 seconds
 * (aws-cloudformation-resource-providers-emrcontainers, ResourceStabilizer), Terraform's for up to 90 minutes. So a
 * cluster with active runs takes no new ones, keeps its name, and is gone with the last that ends. ARRESTED, a deletion
 * that failed for want of Kubernetes permissions, cannot come about here: there are none to lack.
 */
function decideDeletion(
  cluster: VirtualCluster,
  activeJobRuns: number,
  nowMs: number,
): VirtualClusterDecision | null {
  switch (cluster.state) {
    case "TERMINATED":
      // CloudFormation's provider and Terraform's look for "is already terminated" in a ValidationException.
      throw invalid(`Virtual cluster ${cluster.id} is already terminated.`);
    case "TERMINATING":
      return null;
    case "RUNNING":
    case "ARRESTED":
      if (activeJobRuns === 0) return terminated(cluster, nowMs);
      return change(cluster, { ...cluster, state: "TERMINATING" }, nowMs);
  }
}

/** Its tags are erased with it (emr-d.md D-037). */
function terminated(cluster: VirtualCluster, nowMs: number): VirtualClusterDecision {
  return change(cluster, { ...cluster, state: "TERMINATED", terminatedAtMs: nowMs, tags: {} }, nowMs);
}

function change(before: VirtualCluster, next: VirtualCluster, nowMs: number): VirtualClusterDecision {
  return { next, events: [virtualClusterChanged(before, next, nowMs)] };
}
