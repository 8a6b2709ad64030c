import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

// What clusters can be made of: databricks-workspace-api.md C1.1 and C1.5.

const SparkVersion = message({ key: Type.String(), name: Type.String() });

/** The vendor's Go client reads this one of every type: databricks-sdk-go service/compute/node_type.go. */
const NodeInstanceType = message({
  instance_type_id: Type.String(),
  local_disks: Type.Integer(),
  local_disk_size_gb: Type.Integer(),
  local_nvme_disks: Type.Integer(),
  local_nvme_disk_size_gb: Type.Integer(),
});

export const NodeType = message({
  node_type_id: Type.String(),
  memory_mb: Type.Integer(),
  num_cores: Type.Number(),
  description: Type.String(),
  instance_type_id: Type.String(),
  category: Type.String(),
  // Clients sort by these two and break where one is missing: databricks-sdk-py mixins/compute.py.
  is_deprecated: Type.Boolean(),
  num_gpus: Type.Integer(),
  is_hidden: Type.Boolean(),
  is_graviton: Type.Boolean(),
  is_io_cache_enabled: Type.Boolean(),
  is_encrypted_in_transit: Type.Boolean(),
  photon_driver_capable: Type.Boolean(),
  photon_worker_capable: Type.Boolean(),
  support_cluster_tags: Type.Boolean(),
  support_ebs_volumes: Type.Boolean(),
  support_port_forwarding: Type.Boolean(),
  display_order: Type.Integer(),
  node_instance_type: NodeInstanceType,
});

const facts = {
  object: "clusters",
  access: "workspace-user",
  method: "GET",
  params: NOTHING,
  query: NOTHING,
  body: NOTHING,
} as const;

export const listSparkVersions = databricksOperation({
  ...facts,
  verb: "spark-versions",
  path: "/api/2.1/clusters/spark-versions",
  aliases: ["/api/2.0/clusters/spark-versions"],
  summary: "Lists the Databricks Runtime versions that can run here",
  response: message({ versions: Type.Array(SparkVersion) }),
});

export const listNodeTypes = databricksOperation({
  ...facts,
  verb: "list-node-types",
  path: "/api/2.1/clusters/list-node-types",
  aliases: ["/api/2.0/clusters/list-node-types"],
  summary: "Lists the kinds of machines that a cluster can ask for",
  response: message({ node_types: Type.Array(NodeType) }),
});

export const listZones = databricksOperation({
  ...facts,
  verb: "list-zones",
  path: "/api/2.1/clusters/list-zones",
  aliases: ["/api/2.0/clusters/list-zones"],
  summary: "Lists the availability zones of the workspace's region",
  response: message({ zones: Type.Array(Type.String()), default_zone: Type.String() }),
});
