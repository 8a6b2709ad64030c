import { command, required } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { formatBytes } from "../../output/time.ts";
import { StateClient } from "../../state/state-client.ts";

export const snapshotSave = command({
  path: ["snapshot", "save"],
  summary: "Save what a server for tests holds, under a name",
  details: `Virtual clusters, ended runs, buckets and logs, as of one moment. Refused while a run is active: its driver cannot be saved. A snapshot is kept in the data directory, so that of an ephemeral server ends with it; for what is to outlast the server there is \`firesteel backup\`.`,
  arguments: { name: required("name", "letters, digits, dots, dashes and underscores") },
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel snapshot save base", explanation: "to go back to before each test" }],
  async run(values, context) {
    const { target } = await connect(values, context);
    const saved = await new StateClient(target).saveSnapshot(values.name);
    const files = `${saved.files} file${saved.files === 1 ? "" : "s"}`;
    context.print.result(saved, () => `Saved ${saved.name} (${files}, ${formatBytes(saved.bytes)})`);
    return EXIT_CODES.ok;
  },
});
