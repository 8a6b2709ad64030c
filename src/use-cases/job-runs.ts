import { notFound } from "../core/errors.ts";
import type { JobRunId, VirtualClusterId } from "../core/ids.ts";
import type { JobRun } from "../core/job-run/job-run.ts";
import type { JobRunFilter } from "../core/ports/store.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext, Listing, PageInput } from "./emr-containers.ts";
import { listing, pageRequest } from "./paging.ts";

/** DescribeJobRun. Throws a DomainError of kind `not-found`, also for a run of another cluster. */
export async function describeJobRun(
  { store }: Dependencies,
  { scope }: CallContext,
  cluster: VirtualClusterId,
  id: JobRunId,
): Promise<JobRun> {
  const run = await store.jobRuns.get(scope, cluster, id);
  if (run === null) throw notFound(`Job run ${id} doesn't exist.`);
  return run;
}

/** ListJobRuns of a cluster, newest first; a terminated cluster's runs stay listed. */
export async function listJobRuns(
  { store }: Dependencies,
  { scope }: CallContext,
  cluster: VirtualClusterId,
  filter: JobRunFilter,
  page: PageInput,
): Promise<Listing<JobRun>> {
  if ((await store.virtualClusters.get(scope, cluster)) === null) {
    throw notFound(`Virtual cluster ${cluster} doesn't exist.`);
  }
  const list = { operation: "ListJobRuns", scope, cluster, filter };
  return listing(list, await store.jobRuns.list(scope, cluster, filter, pageRequest(list, page)));
}
