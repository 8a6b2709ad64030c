import { command, required, text } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterCreate = command({
  path: ["emr", "virtual-cluster", "create"],
  summary: "Create a virtual cluster",
  details: "A virtual cluster is a namespace of an EKS cluster. On the process engine both are names only.",
  arguments: { name: required("name", "name of the virtual cluster") },
  options: {
    namespace: text("--namespace <namespace>", "Kubernetes namespace (default: the name)"),
    eksCluster: text("--eks-cluster <name>", "EKS cluster (default: local)"),
    ...CONNECTION_OPTIONS,
  },
  examples: [{ command: "firesteel emr virtual-cluster create analytics", explanation: "create one" }],
  async run(values, context) {
    const { client } = await connect(values, context);
    const created = await client.createVirtualCluster({
      name: values.name,
      namespace: values.namespace ?? values.name,
      eksClusterId: values.eksCluster ?? "local",
    });
    context.print.result(created, () => `Created the virtual cluster ${created.name} (${created.id})`);
    return EXIT_CODES.ok;
  },
});
