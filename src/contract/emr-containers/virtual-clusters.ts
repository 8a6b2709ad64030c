import { Type } from "typebox";
import { operation } from "../operation.ts";
import {
  ClientToken,
  ClusterId,
  KubernetesNamespace,
  MaxResults,
  NextToken,
  NOTHING,
  ResourceId,
  ResourceName,
  String1024,
  structure,
  TagMap,
  Timestamp,
  unsupported,
} from "./shapes.ts";

export const VIRTUAL_CLUSTER_STATES = ["RUNNING", "TERMINATING", "TERMINATED", "ARRESTED"] as const;
const VirtualClusterState = Type.Enum(VIRTUAL_CLUSTER_STATES);
const ContainerProviderType = Type.Enum(["EKS"]);

/** The model leaves `info` and `namespace` optional; a virtual cluster is a namespace, so the service needs both. */
const ContainerProvider = structure({
  type: ContainerProviderType,
  id: ClusterId,
  info: structure({
    eksInfo: structure({
      namespace: KubernetesNamespace,
      nodeLabel: unsupported("leave it out: on this server a namespace has no nodes of its own"),
    }),
  }),
});

export const VirtualCluster = structure({
  id: ResourceId,
  name: ResourceName,
  arn: Type.String(),
  state: VirtualClusterState,
  containerProvider: ContainerProvider,
  createdAt: Timestamp,
  tags: TagMap,
});

export const CreateVirtualCluster = operation({
  name: "CreateVirtualCluster",
  method: "POST",
  path: "/virtualclusters",
  summary: "Registers a namespace of an EKS cluster as a virtual cluster",
  params: NOTHING,
  query: NOTHING,
  body: structure({
    name: ResourceName,
    containerProvider: ContainerProvider,
    clientToken: ClientToken,
    tags: Type.Optional(TagMap),
    securityConfigurationId: unsupported("leave it out: security configurations are not implemented"),
    sessionEnabled: unsupported("leave it out: interactive sessions are not implemented"),
    schedulerConfiguration: unsupported(
      "leave it out: job runs are admitted by this machine's cores and memory",
    ),
  }),
  response: structure({ id: ResourceId, name: ResourceName, arn: Type.String() }),
});

export const DescribeVirtualCluster = operation({
  name: "DescribeVirtualCluster",
  method: "GET",
  path: "/virtualclusters/{id}",
  summary: "Shows a virtual cluster",
  params: structure({ id: ResourceId }),
  query: NOTHING,
  body: NOTHING,
  response: structure({ virtualCluster: VirtualCluster }),
});

export const ListVirtualClusters = operation({
  name: "ListVirtualClusters",
  method: "GET",
  path: "/virtualclusters",
  summary: "Lists virtual clusters, newest first",
  params: NOTHING,
  query: structure({
    containerProviderId: Type.Optional(String1024),
    containerProviderType: Type.Optional(ContainerProviderType),
    createdAfter: Type.Optional(Timestamp),
    createdBefore: Type.Optional(Timestamp),
    states: Type.Optional(Type.Array(VirtualClusterState, { maxItems: 10 })),
    maxResults: Type.Optional(MaxResults),
    nextToken: Type.Optional(NextToken),
    eksAccessEntryIntegrated: unsupported("leave it out: this server keeps no EKS access entries"),
  }),
  body: NOTHING,
  response: structure({ virtualClusters: Type.Array(VirtualCluster), nextToken: Type.Optional(NextToken) }),
});

export const DeleteVirtualCluster = operation({
  name: "DeleteVirtualCluster",
  method: "DELETE",
  path: "/virtualclusters/{id}",
  summary: "Deletes a virtual cluster and frees its name and namespace",
  params: structure({ id: ResourceId }),
  query: NOTHING,
  body: NOTHING,
  response: structure({ id: ResourceId }),
});
