import { invalid } from "../core/errors.ts";
import type { VirtualClusterId } from "../core/ids.ts";
import { ACTIVE_JOB_RUN_STATES } from "../core/job-run/job-run.ts";
import type { Change } from "../core/ports/store.ts";
import { decideVirtualCluster, type VirtualClusterDecision } from "../core/virtual-cluster/decide.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext } from "./emr-containers.ts";
import { retryStale } from "./retry-stale.ts";

/** Clusters whose deletion is completed between two reads. */
const COMPLETED_AT_ONCE = 100;

/**
 * DeleteVirtualCluster. A cluster without active runs is TERMINATED at once, one with some is TERMINATING until the last
 * has ended; deleting that one again changes nothing. Throws a DomainError of kind `invalid` for one that is not there:
 * the model has no ResourceNotFoundException here, and Terraform's provider looks for "not found" in a
 * ValidationException (internal/service/emrcontainers/virtual_cluster.go).
 */
export function deleteVirtualCluster(
  { store, clock, wake }: Dependencies,
  { scope }: CallContext,
  id: VirtualClusterId,
): Promise<VirtualCluster> {
  return retryStale(async () => {
    const cluster = await store.virtualClusters.get(scope, id);
    if (cluster === null) throw invalid(`Virtual cluster ${id} is not found.`);
    const activeJobRuns = await store.jobRuns.count(id, ACTIVE_JOB_RUN_STATES, 1);
    const event = { type: "deletion-requested", activeJobRuns } as const;
    const decision = decideVirtualCluster(cluster, event, clock.now());
    if (decision === null) return cluster;
    await store.commit(deletionChanges(decision));
    // Its last run may have ended between the count and the commit: then the look that this wakes completes it.
    wake();
    return decision.next;
  });
}

/**
 * Completes the deletions whose last job run has ended. What is to be completed is read from the store alone, so a server
 * that was killed between a run's end and this finds it again. Throws the first failure after having tried the others.
 */
export async function completeDeletions({ store, clock }: Dependencies): Promise<void> {
  const failures: unknown[] = [];
  let found: number;
  do {
    const emptied = await store.virtualClusters.emptied(ACTIVE_JOB_RUN_STATES, COMPLETED_AT_ONCE);
    found = emptied.length;
    for (const { account, region, id } of emptied) {
      const completing = retryStale(async () => {
        const cluster = await store.virtualClusters.get({ account, region }, id);
        const decision = cluster && decideVirtualCluster(cluster, { type: "emptied" }, clock.now());
        if (decision !== null) await store.commit(deletionChanges(decision));
      });
      await completing.catch((error: unknown) => failures.push(error));
    }
  } while (found === COMPLETED_AT_ONCE && failures.length === 0);
  if (failures.length > 0) throw failures[0];
}

/**
 * Where the cluster ends here, the commit is stale if it has an active run by now: no run is accepted that would belong to
 * nothing, and no crash and no second delete finds a cluster that is half deleted.
 */
function deletionChanges({ next, events }: VirtualClusterDecision): Change[] {
  return [
    { kind: "virtual-cluster", row: next },
    ...(next.state === "TERMINATED"
      ? [{ kind: "job-runs-below", cluster: next.id, states: ACTIVE_JOB_RUN_STATES, limit: 1 } as const]
      : []),
    ...events.map((event) => ({ kind: "event", event }) as const),
  ];
}
