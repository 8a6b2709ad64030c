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

/**
 * As botocore 1.44.5 and the API's reference have it. The AWS CLI 1.46.3 brings an older copy of the model and itself
 * refuses queues of fewer than 100 runs.
 */
const JobLimit = Type.Integer({ minimum: 1, maximum: 1_000 });

/** Replaces the one there is as a whole (botocore 1.44.5, `UpdateVirtualClusterRequest`). */
const SchedulerConfiguration = structure(
  { maxInQueueJobRuns: Type.Optional(JobLimit), maxConcurrentJobRuns: Type.Optional(JobLimit) },
  { "x-not-shown": "DescribeVirtualCluster leaves out one that sets no limits" },
);

const SchedulerStatus = structure({
  currentInQueueJobRuns: Type.Integer({ minimum: 0 }),
  currentConcurrentJobRuns: Type.Integer({ minimum: 0 }),
});

export const VirtualCluster = structure({
  id: ResourceId,
  name: ResourceName,
  arn: Type.String(),
  state: VirtualClusterState,
  containerProvider: ContainerProvider,
  createdAt: Timestamp,
  tags: TagMap,
  /** Absent where no limits are set, as the model says. */
  schedulerConfiguration: Type.Optional(SchedulerConfiguration),
  /** Absent from lists: the model does not say which operations show it. */
  schedulerStatus: Type.Optional(SchedulerStatus),
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
    schedulerConfiguration: Type.Optional(SchedulerConfiguration),
  }),
  response: structure({ id: ResourceId, name: ResourceName, arn: Type.String() }),
});

export const UpdateVirtualCluster = operation({
  name: "UpdateVirtualCluster",
  method: "PATCH",
  path: "/virtualclusters/{id}",
  summary: "Changes the limits of a virtual cluster",
  params: structure({ id: ResourceId }),
  query: NOTHING,
  body: structure({
    schedulerConfiguration: Type.Optional(SchedulerConfiguration),
    clientToken: ClientToken,
  }),
  response: structure({ virtualCluster: VirtualCluster }),
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
    eksAccessEntryIntegrated: Type.Optional(Type.Boolean()),
  }),
  body: NOTHING,
  response: structure({ virtualClusters: Type.Array(VirtualCluster), nextToken: Type.Optional(NextToken) }),
});

export const DeleteVirtualCluster = operation({
  name: "DeleteVirtualCluster",
  method: "DELETE",
  path: "/virtualclusters/{id}",
  summary: "Deletes a virtual cluster, once its job runs have ended",
  params: structure({ id: ResourceId }),
  query: NOTHING,
  body: NOTHING,
  response: structure({ id: ResourceId }),
});
