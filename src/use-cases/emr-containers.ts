import type { Caller } from "../core/access/access-key.ts";
import type { JobRunId, Scope, VirtualClusterId } from "../core/ids.ts";
import type { JobRun, JobRunRequest } from "../core/job-run/job-run.ts";
import type { JobRunFilter, VirtualClusterFilter } from "../core/ports/store.ts";
import type { SchedulerLimits, VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";

/** Who calls, where, and as which request. */
export interface CallContext {
  readonly caller: Caller;
  readonly scope: Scope;
  readonly requestId: string;
}

export interface PageInput {
  /** Null where the caller named none: the service's own page size. */
  readonly maxResults: number | null;
  readonly nextToken: string | null;
}

export interface Listing<Row> {
  readonly rows: readonly Row[];
  readonly nextToken: string | null;
}

export interface CreateVirtualClusterInput {
  readonly name: string;
  readonly eksClusterId: string;
  readonly namespace: string;
  readonly clientToken: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent where the caller named none, so that requests from before there were limits keep their tokens. */
  readonly limits?: SchedulerLimits;
}

export interface UpdateVirtualClusterInput {
  readonly id: VirtualClusterId;
  readonly clientToken: string;
  /** Absent where they stay as they are. */
  readonly limits?: SchedulerLimits;
}

export interface ListVirtualClustersFilter extends VirtualClusterFilter {
  readonly eksAccessEntryIntegrated?: boolean;
}

/** How many job runs wait and run now: the model's `SchedulerStatus`. */
export interface SchedulerStatus {
  readonly currentInQueueJobRuns: number;
  readonly currentConcurrentJobRuns: number;
}

export interface DescribedVirtualCluster extends VirtualCluster {
  readonly schedulerStatus: SchedulerStatus;
}

export interface StartJobRunInput {
  readonly virtualClusterId: VirtualClusterId;
  readonly clientToken: string;
  readonly request: JobRunRequest;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the Amazon EMR on EKS dialect may ask; each method is one capability of its own file. */
export interface EmrContainersUseCases {
  createVirtualCluster(context: CallContext, input: CreateVirtualClusterInput): Promise<VirtualCluster>;
  updateVirtualCluster(
    context: CallContext,
    input: UpdateVirtualClusterInput,
  ): Promise<DescribedVirtualCluster>;
  describeVirtualCluster(context: CallContext, id: VirtualClusterId): Promise<DescribedVirtualCluster>;
  listVirtualClusters(
    context: CallContext,
    filter: ListVirtualClustersFilter,
    page: PageInput,
  ): Promise<Listing<VirtualCluster>>;
  deleteVirtualCluster(context: CallContext, id: VirtualClusterId): Promise<VirtualCluster>;
  startJobRun(context: CallContext, input: StartJobRunInput): Promise<JobRun>;
  describeJobRun(context: CallContext, cluster: VirtualClusterId, id: JobRunId): Promise<JobRun>;
  listJobRuns(
    context: CallContext,
    cluster: VirtualClusterId,
    filter: JobRunFilter,
    page: PageInput,
  ): Promise<Listing<JobRun>>;
  cancelJobRun(context: CallContext, cluster: VirtualClusterId, id: JobRunId): Promise<JobRun>;
  /** @param resourceArn of a virtual cluster or a job run */
  tagResource(
    context: CallContext,
    resourceArn: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<void>;
  untagResource(context: CallContext, resourceArn: string, keys: readonly string[]): Promise<void>;
  listTags(context: CallContext, resourceArn: string): Promise<Readonly<Record<string, string>>>;
}
