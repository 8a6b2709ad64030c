import { command, required } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { requireCluster } from "../../../emr/lookup.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterDelete = command({
  path: ["emr", "virtual-cluster", "delete"],
  summary: "Delete a virtual cluster",
  details:
    "Its runs stay readable. It must have no active run; its name and namespace are free again afterwards.",
  arguments: { cluster: required("cluster", "name or id") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel emr virtual-cluster delete analytics", explanation: "by name" }],
  async run(values, context) {
    const { client } = await connect(values, context);
    const { id, name } = await requireCluster(client, values.cluster);
    await client.deleteVirtualCluster(id);
    context.print.result({ id }, () => `Deleted the virtual cluster ${name} (${id})`);
    return EXIT_CODES.ok;
  },
});
