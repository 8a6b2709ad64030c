import { command, required } from "../../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../../emr/connection.ts";
import { requireCluster } from "../../../emr/lookup.ts";
import { SCHEDULER_OPTIONS, schedulerConfiguration } from "../../../emr/scheduler-options.ts";
import { EXIT_CODES } from "../../../exit-codes.ts";

export const virtualClusterUpdate = command({
  path: ["emr", "virtual-cluster", "update"],
  summary: "Change the limits of a virtual cluster",
  details:
    "A limit that is not given stays. Runs at work go on; those that wait follow the new limits at once.",
  arguments: { cluster: required("cluster", "name or id") },
  options: { ...SCHEDULER_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    {
      command: "firesteel emr virtual-cluster update analytics --max-concurrent-job-runs 2",
      explanation: "two runs at work at once",
    },
    {
      command: "firesteel emr virtual-cluster update analytics --max-in-queue-job-runs none",
      explanation: "as many waiting as are submitted",
    },
  ],
  async run(values, context) {
    const { client } = await connect(values, context);
    const { id, name, schedulerConfiguration: before } = await requireCluster(client, values.cluster);
    const cluster = await client.updateVirtualCluster(id, schedulerConfiguration(values, before));
    context.print.result(cluster, () => `Updated the virtual cluster ${name} (${id})`);
    return EXIT_CODES.ok;
  },
});
