import { command, required, text } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { requireRun } from "../../emr/lookup.ts";
import { ENDED_RUN_STATES } from "../../emr/wire.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const emrCancel = command({
  path: ["emr", "cancel"],
  summary: "Cancel a run",
  details: "Returns when the cancellation is stored; the driver has the server's grace to end by itself.",
  arguments: { run: required("run", "id of the run") },
  options: {
    virtualCluster: text(
      "--virtual-cluster <name>",
      "virtual cluster of the run, by name or id (default: any)",
    ),
    ...CONNECTION_OPTIONS,
  },
  examples: [{ command: "firesteel emr cancel 000abc1d2e3f4g5h6i7", explanation: "cancel a run" }],
  async run(values, context) {
    const { client } = await connect(values, context);
    const run = await requireRun(client, values.run, values.virtualCluster);
    if (ENDED_RUN_STATES.includes(run.state)) {
      throw new CliError(`run ${run.id} cannot be cancelled: it is ${run.state} already`);
    }
    await client.cancelJobRun(run.virtualClusterId, run.id);
    const after = await client.describeJobRun(run.virtualClusterId, run.id);
    context.print.result(after, () => `Run ${run.id} is ${after.state}`);
    return EXIT_CODES.ok;
  },
});
