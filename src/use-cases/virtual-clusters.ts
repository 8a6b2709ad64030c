import { invalid, notFound } from "../core/errors.ts";
import type { VirtualClusterId } from "../core/ids.ts";
import type { VirtualClusterFilter } from "../core/ports/store.ts";
import { virtualClusterChanged } from "../core/virtual-cluster/events.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext, Listing, PageInput } from "./emr-containers.ts";
import { listing, pageRequest } from "./paging.ts";
import { retryStale } from "./retry-stale.ts";

/** DescribeVirtualCluster. Throws a DomainError of kind `not-found`. */
export async function describeVirtualCluster(
  { store }: Dependencies,
  { scope }: CallContext,
  id: VirtualClusterId,
): Promise<VirtualCluster> {
  const cluster = await store.virtualClusters.get(scope, id);
  // moto's model and emr-b.md 4.1 row 6 agree on these words.
  if (cluster === null) throw notFound(`Virtual cluster ${id} doesn't exist.`);
  return cluster;
}

/** ListVirtualClusters, newest first. */
export async function listVirtualClusters(
  { store }: Dependencies,
  { scope }: CallContext,
  filter: VirtualClusterFilter,
  page: PageInput,
): Promise<Listing<VirtualCluster>> {
  return listing(await store.virtualClusters.list(scope, filter, pageRequest(page)));
}

/**
 * DeleteVirtualCluster. The cluster ends at once and frees its name and namespace. One that still has active job runs
 * is refused, so that no run is lost by it. The model has no ResourceNotFoundException here, and Terraform's provider
 * looks for "not found" and "already terminated" in a ValidationException (internal/service/emrcontainers).
 */
export function deleteVirtualCluster(
  { store, clock }: Dependencies,
  { scope }: CallContext,
  id: VirtualClusterId,
): Promise<VirtualCluster> {
  return retryStale(async () => {
    const cluster = await store.virtualClusters.get(scope, id);
    if (cluster === null) throw invalid(`Virtual cluster ${id} is not found.`);
    if (cluster.state === "TERMINATED") throw invalid(`Virtual cluster ${id} is already terminated.`);
    const active = await store.jobRuns.countActive(scope, id);
    if (active > 0) {
      throw invalid(
        `Virtual cluster ${id} has ${active} active job run${active === 1 ? "" : "s"}: cancel them or let them end first.`,
      );
    }
    const nowMs = clock.now();
    const row: VirtualCluster = { ...cluster, state: "TERMINATED", terminatedAtMs: nowMs, tags: {} };
    await store.commit([
      { kind: "virtual-cluster", row },
      // A run may have been accepted since the count: then this is stale. The state moves only here, in one commit, so
      // that no crash and no second delete finds a cluster that is half deleted.
      { kind: "virtual-cluster-idle", id },
      { kind: "event", event: virtualClusterChanged(cluster, row, nowMs) },
    ]);
    return row;
  });
}
