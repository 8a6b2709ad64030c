import type { Static } from "typebox";
import type { VirtualCluster as WireVirtualCluster } from "../../contract/emr-containers/virtual-clusters.ts";
import { virtualClusterId } from "../../core/ids.ts";
import type { VirtualCluster } from "../../core/virtual-cluster/virtual-cluster.ts";
import type { EmrContainersUseCases } from "../../use-cases/emr-containers.ts";
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
  };
}

export function virtualClusterHandlers(
  useCases: EmrContainersUseCases,
): Handlers<
  "CreateVirtualCluster" | "DescribeVirtualCluster" | "ListVirtualClusters" | "DeleteVirtualCluster"
> {
  return {
    async CreateVirtualCluster(context, input) {
      const cluster = await useCases.createVirtualCluster(context, {
        name: input.name,
        eksClusterId: input.containerProvider.id,
        namespace: input.containerProvider.info.eksInfo.namespace,
        clientToken: input.clientToken,
        tags: input.tags ?? {},
      });
      return { id: cluster.id, name: cluster.name, arn: virtualClusterArn(cluster, cluster.id) };
    },

    async DescribeVirtualCluster(context, input) {
      const cluster = await useCases.describeVirtualCluster(context, virtualClusterId(input.id));
      return { virtualCluster: wireVirtualCluster(cluster) };
    },

    async ListVirtualClusters(context, input) {
      // `containerProviderType` has one value, which every cluster has.
      const filter = present({
        eksClusterId: input.containerProviderId,
        createdAfterMs: milliseconds(input.createdAfter),
        createdBeforeMs: milliseconds(input.createdBefore),
        states: input.states,
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
