import type { Static } from "typebox";
import type { NodeType as WireNodeType } from "../../contract/databricks-workspace/clusters.ts";
import { NODE_TYPES, type NodeType } from "../../core/compute/node-types.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";

export function clustersHandlers(
  useCases: DatabricksUseCases,
): WorkspaceHandlers<"clusters.spark-versions" | "clusters.list-node-types" | "clusters.list-zones"> {
  const nodeTypes = NODE_TYPES.map(wireNodeType);
  return {
    async "clusters.spark-versions"() {
      const versions = await useCases.listDatabricksRuntimes();
      return { versions: versions.map(({ key, name }) => ({ key, name })) };
    },
    async "clusters.list-node-types"() {
      return { node_types: nodeTypes };
    },
    async "clusters.list-zones"(context) {
      const zones = await useCases.listZones(context);
      return { zones: [...zones], default_zone: zones[0] ?? "" };
    },
  };
}

function wireNodeType(
  { id, category, cores, memoryMb, nvmeDisks, nvmeDiskSizeGb }: NodeType,
  place: number,
): Static<typeof WireNodeType> {
  return {
    node_type_id: id,
    memory_mb: memoryMb,
    num_cores: cores,
    description: id,
    instance_type_id: id,
    category,
    is_deprecated: false,
    num_gpus: 0,
    is_hidden: false,
    is_graviton: false,
    // There is no disk cache and no Photon in Apache Spark.
    is_io_cache_enabled: false,
    is_encrypted_in_transit: false,
    photon_driver_capable: false,
    photon_worker_capable: false,
    support_cluster_tags: true,
    support_ebs_volumes: true,
    support_port_forwarding: false,
    display_order: place,
    node_instance_type: {
      instance_type_id: id,
      local_disks: 0,
      local_disk_size_gb: 0,
      local_nvme_disks: nvmeDisks,
      local_nvme_disk_size_gb: nvmeDiskSizeGb,
    },
  };
}
