import { command, required } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { requireCluster } from "../../../emr/lookup.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterDelete = command({
  path: ["emr", "virtual-cluster", "delete"],
  summary: "Delete a virtual cluster",
  details:
    "Its runs stay readable. While some are active it is TERMINATING: it takes no new ones, and is gone with the last that ends. Then its name and namespace are free again.",
  arguments: { cluster: required("cluster", "name or id") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel emr virtual-cluster delete analytics", explanation: "by name" }],
  async run(values, context) {
    const { client } = await connect(values, context);
    const { id, name } = await requireCluster(client, values.cluster);
    await client.deleteVirtualCluster(id);
    const { state } = await client.describeVirtualCluster(id);
    context.print.result({ id, state }, () =>
      state === "TERMINATED"
        ? `Deleted the virtual cluster ${name} (${id})`
        : `The virtual cluster ${name} (${id}) is ${state} until its active runs have ended. See them with: firesteel emr list --virtual-cluster ${id}`,
    );
    return EXIT_CODES.ok;
  },
});
