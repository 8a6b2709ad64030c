import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";
import { REGIONS, zonesOf } from "../../core/workspace/regions.ts";

describe("what clusters can be", () => {
  it("is told alike by both versions of the API", async (t) => {
    const http = await databricksHttp(t);
    const headers = await makeWorkspace(http);
    const ask = async (version: string, what: string) =>
      (await http.send({ path: `/api/${version}/clusters/${what}`, headers })).json();
    for (const what of ["spark-versions", "list-node-types", "list-zones"])
      assert.deepEqual(await ask("2.0", what), await ask("2.1", what));

    const { versions } = await ask("2.0", "spark-versions");
    assert.deepEqual(
      versions.find(({ key }: { key: string }) => key === "15.4.x-scala2.12"),
      { key: "15.4.x-scala2.12", name: "15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)" },
    );
    assert.deepEqual(await ask("2.0", "list-zones"), {
      zones: ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"],
      default_zone: "us-west-2a",
    });
    const { node_types: types } = await ask("2.0", "list-node-types");
    const disks = {
      local_disks: 0,
      local_disk_size_gb: 0,
      local_nvme_disks: 1,
      local_nvme_disk_size_gb: 950,
    };
    assert.deepEqual(
      types.find((type: { node_type_id: string }) => type.node_type_id === "i3.xlarge"),
      {
        node_type_id: "i3.xlarge",
        memory_mb: 31232,
        num_cores: 4,
        description: "i3.xlarge",
        instance_type_id: "i3.xlarge",
        category: "Storage Optimized",
        is_deprecated: false,
        num_gpus: 0,
        is_hidden: false,
        is_graviton: false,
        is_io_cache_enabled: false,
        is_encrypted_in_transit: false,
        photon_driver_capable: false,
        photon_worker_capable: false,
        support_cluster_tags: true,
        support_ebs_volumes: true,
        support_port_forwarding: false,
        display_order: types.findIndex((type: { node_type_id: string }) => type.node_type_id === "i3.xlarge"),
        node_instance_type: { instance_type_id: "i3.xlarge", ...disks },
      },
    );
    const ids = types.map((type: { node_type_id: string }) => type.node_type_id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("has zones in every region where a workspace can be", () => {
    for (const region of REGIONS) {
      const zones = zonesOf(region);
      assert.ok(zones.length > 0 && zones.every((zone) => zone.startsWith(region)), region);
    }
  });
});
