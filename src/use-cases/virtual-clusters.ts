import { notFound } from "../core/errors.ts";
import type { VirtualClusterId } from "../core/ids.ts";
import { CONCURRENT_JOB_RUN_STATES, QUEUED_JOB_RUN_STATES } from "../core/virtual-cluster/scheduler.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import type { Dependencies } from "./dependencies.ts";
import type {
  CallContext,
  DescribedVirtualCluster,
  Listing,
  ListVirtualClustersFilter,
  PageInput,
} from "./emr-containers.ts";
import { listing, pageRequest } from "./paging.ts";

/** DescribeVirtualCluster, with what of its limits is in use. Throws a DomainError of kind `not-found`. */
export async function describeVirtualCluster(
  { store }: Dependencies,
  { scope }: CallContext,
  id: VirtualClusterId,
): Promise<DescribedVirtualCluster> {
  const cluster = await store.virtualClusters.get(scope, id);
  // moto's model and emr-b.md 4.1 row 6 agree on these words.
  if (cluster === null) throw notFound(`Virtual cluster ${id} doesn't exist.`);
  const [currentInQueueJobRuns, currentConcurrentJobRuns] = await Promise.all([
    store.jobRuns.count(id, QUEUED_JOB_RUN_STATES),
    store.jobRuns.count(id, CONCURRENT_JOB_RUN_STATES),
  ]);
  return { ...cluster, schedulerStatus: { currentInQueueJobRuns, currentConcurrentJobRuns } };
}

/** ListVirtualClusters, newest first. */
export async function listVirtualClusters(
  { store }: Dependencies,
  { scope }: CallContext,
  { eksAccessEntryIntegrated: integrated = false, ...filter }: ListVirtualClustersFilter,
  page: PageInput,
): Promise<Listing<VirtualCluster>> {
  const list = { operation: "ListVirtualClusters", scope, filter, eksAccessEntryIntegrated: integrated };
  const request = pageRequest(list, page);
  // An access entry lets the service into an EKS cluster. Nothing here needs one, so no cluster is integrated.
  if (integrated) return { rows: [], nextToken: null };
  return listing(list, await store.virtualClusters.list(scope, filter, request));
}
