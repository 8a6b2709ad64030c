import { command, required } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { StateClient } from "../../state/state-client.ts";
import { endedDrivers } from "../../state/words.ts";

export const snapshotRestore = command({
  path: ["snapshot", "restore"],
  summary: "Take a server for tests back to a snapshot",
  details: `Ends every driver without a grace; what came after the snapshot is forgotten, and what it holds is there again. Access keys and audit files stay as they are.`,
  arguments: { name: required("name", "the snapshot") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel snapshot restore base", explanation: "before each test" }],
  async run(values, context) {
    const { target } = await connect(values, context);
    const done = await new StateClient(target).restoreSnapshot(values.name);
    context.print.result(done, () => `Restored ${values.name}${endedDrivers(done)}`);
    return EXIT_CODES.ok;
  },
});
