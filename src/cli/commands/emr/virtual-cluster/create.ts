import { command, list, required, text } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { SCHEDULER_OPTIONS, schedulerConfiguration } from "../../../emr/scheduler-options.ts";
import { CliError } from "../../../errors.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterCreate = command({
  path: ["emr", "virtual-cluster", "create"],
  summary: "Create a virtual cluster",
  details: "A virtual cluster is a namespace of an EKS cluster. On the process engine both are names only.",
  arguments: { name: required("name", "name of the virtual cluster") },
  options: {
    namespace: text("--namespace <namespace>", "Kubernetes namespace (default: the name)"),
    eksCluster: text("--eks-cluster <name>", "EKS cluster (default: local)"),
    tag: list("--tag <key=value>", "a tag"),
    ...SCHEDULER_OPTIONS,
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr virtual-cluster create analytics", explanation: "create one" },
    {
      command: "firesteel emr virtual-cluster create nightly --max-concurrent-job-runs 1 --tag team=data",
      explanation: "one run after another",
    },
  ],
  async run(values, context) {
    const { client } = await connect(values, context);
    const created = await client.createVirtualCluster({
      name: values.name,
      namespace: values.namespace ?? values.name,
      eksClusterId: values.eksCluster ?? "local",
      tags: tagsOf(values.tag),
      schedulerConfiguration: schedulerConfiguration(values),
    });
    context.print.result(created, () => `Created the virtual cluster ${created.name} (${created.id})`);
    return EXIT_CODES.ok;
  },
});

function tagsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf("=");
      if (end < 1) throw new CliError(`--tag ${pair}: expected key=value`, { exitCode: EXIT_CODES.usage });
      return [pair.slice(0, end), pair.slice(end + 1)];
    }),
  );
}
