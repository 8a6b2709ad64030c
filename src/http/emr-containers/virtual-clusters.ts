import type { Static } from "typebox";
import type { VirtualCluster as WireVirtualCluster } from "../../contract/emr-containers/virtual-clusters.ts";
import { virtualClusterId } from "../../core/ids.ts";
import type { SchedulerLimits, VirtualCluster } from "../../core/virtual-cluster/virtual-cluster.ts";
import type { DescribedVirtualCluster, EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
import type { Handlers } from "./handlers.ts";
import { milliseconds, present, timestamp, virtualClusterArn } from "./wire.ts";

function wireVirtualCluster(cluster: VirtualCluster): Static<typeof WireVirtualCluster> {
  return {
    id: cluster.id,
    name: cluster.name,
    arn: virtualClusterArn(cluster, cluster.id),
    state: cluster.state,
    containerProvider: {
      type: "EKS",
      id: cluster.eksClusterId,
      info: { eksInfo: { namespace: cluster.namespace } },
    },
    createdAt: timestamp(cluster.createdAtMs),
    tags: { ...cluster.tags },
    ...schedulerConfiguration(cluster.limits),
  };
}

function describedVirtualCluster(cluster: DescribedVirtualCluster): Static<typeof WireVirtualCluster> {
  return { ...wireVirtualCluster(cluster), schedulerStatus: { ...cluster.schedulerStatus } };
}

function schedulerConfiguration(limits: SchedulerLimits) {
  const { maxInQueueJobRuns, maxConcurrentJobRuns } = limits;
  if (maxInQueueJobRuns === null && maxConcurrentJobRuns === null) return {};
  return { schedulerConfiguration: present({ maxInQueueJobRuns, maxConcurrentJobRuns }) };
}

function limitsOf(
  asked: Static<typeof WireVirtualCluster>["schedulerConfiguration"],
): { limits: SchedulerLimits } | object {
  if (asked === undefined) return {};
  const { maxConcurrentJobRuns = null, maxInQueueJobRuns = null } = asked;
  return { limits: { maxConcurrentJobRuns, maxInQueueJobRuns } };
}

export function virtualClusterHandlers(
  useCases: EmrContainersUseCases,
): Handlers<
  | "CreateVirtualCluster"
  | "UpdateVirtualCluster"
  | "DescribeVirtualCluster"
  | "ListVirtualClusters"
  | "DeleteVirtualCluster"
> {
  return {
    async CreateVirtualCluster(context, input) {
      const cluster = await useCases.createVirtualCluster(context, {
        name: input.name,
        eksClusterId: input.containerProvider.id,
        namespace: input.containerProvider.info.eksInfo.namespace,
        clientToken: input.clientToken,
        tags: input.tags ?? {},
        ...limitsOf(input.schedulerConfiguration),
      });
      return { id: cluster.id, name: cluster.name, arn: virtualClusterArn(cluster, cluster.id) };
    },

    async UpdateVirtualCluster(context, input) {
      const { clientToken } = input;
      const cluster = await useCases.updateVirtualCluster(context, {
        id: virtualClusterId(input.id),
        clientToken,
        ...limitsOf(input.schedulerConfiguration),
      });
      return { virtualCluster: describedVirtualCluster(cluster) };
    },

    async DescribeVirtualCluster(context, input) {
      const cluster = await useCases.describeVirtualCluster(context, virtualClusterId(input.id));
      return { virtualCluster: describedVirtualCluster(cluster) };
    },

    async ListVirtualClusters(context, input) {
      // `containerProviderType` has one value, which every cluster has.
      const filter = present({
        eksClusterId: input.containerProviderId,
        createdAfterMs: milliseconds(input.createdAfter),
        createdBeforeMs: milliseconds(input.createdBefore),
        states: input.states,
        eksAccessEntryIntegrated: input.eksAccessEntryIntegrated,
      });
      const page = { maxResults: input.maxResults ?? null, nextToken: input.nextToken ?? null };
      const { rows, nextToken } = await useCases.listVirtualClusters(context, filter, page);
      return present({ virtualClusters: rows.map(wireVirtualCluster), nextToken });
    },

    async DeleteVirtualCluster(context, input) {
      const cluster = await useCases.deleteVirtualCluster(context, virtualClusterId(input.id));
      return { id: cluster.id };
    },
  };
}
