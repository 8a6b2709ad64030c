import { command, required } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { requireCluster } from "../../../emr/lookup.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterDescribe = command({
  path: ["emr", "virtual-cluster", "describe"],
  summary: "Show a virtual cluster",
  arguments: { cluster: required("cluster", "name or id") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel emr virtual-cluster describe default", explanation: "by name" }],
  async run(values, context) {
    const { print } = context;
    const { client } = await connect(values, context);
    const { id } = await requireCluster(client, values.cluster);
    const cluster = await client.describeVirtualCluster(id);
    const { schedulerStatus, schedulerConfiguration: limits } = cluster;
    const tags = Object.entries(cluster.tags).map(([key, value]) => `${key}=${value}`);
    print.result(cluster, () =>
      print.fields([
        ["Id", cluster.id],
        ["Name", cluster.name],
        ["State", cluster.state],
        ["ARN", cluster.arn],
        ["EKS cluster", cluster.containerProvider.id],
        ["Namespace", cluster.containerProvider.info.eksInfo.namespace],
        ["Created", print.time(cluster.createdAt)],
        ["Tags", tags.join(", ") || "-"],
        ["Runs at work", ofLimit(schedulerStatus?.currentConcurrentJobRuns, limits?.maxConcurrentJobRuns)],
        ["Runs waiting", ofLimit(schedulerStatus?.currentInQueueJobRuns, limits?.maxInQueueJobRuns)],
      ]),
    );
    return EXIT_CODES.ok;
  },
});

function ofLimit(count = 0, limit?: number): string {
  return limit === undefined ? String(count) : `${count} (at most ${limit})`;
}
