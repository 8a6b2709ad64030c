import { command, required } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { StateClient } from "../../state/state-client.ts";

export const snapshotDelete = command({
  path: ["snapshot", "delete"],
  summary: "Delete a snapshot",
  arguments: { name: required("name", "the snapshot") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel snapshot delete base", explanation: "to save it anew" }],
  async run(values, context) {
    const { target } = await connect(values, context);
    await new StateClient(target).deleteSnapshot(values.name);
    context.print.result({ name: values.name }, () => `Deleted ${values.name}`);
    return EXIT_CODES.ok;
  },
});
