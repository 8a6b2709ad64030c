import { command } from "../command.ts";
import { CONNECTION_OPTIONS, connect } from "../emr/connection.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { StateClient } from "../state/state-client.ts";
import { endedDrivers } from "../state/words.ts";

export const reset = command({
  path: ["reset"],
  summary: "Make a server for tests as new",
  details: `Ends every driver without a grace, and forgets all virtual clusters, runs, buckets and logs; access keys, audit files and snapshots stay. When this returns the server is as after its first start, and no id is ever given again. Requests that come meanwhile wait.

Only where the server allows it: one started with --ephemeral, or with server.allowReset.`,
  options: CONNECTION_OPTIONS,
  examples: [
    { command: "firesteel reset", explanation: "the server of the data directory" },
    {
      command: "firesteel snapshot save base && firesteel snapshot restore base",
      explanation: "go back to a state with clusters and data instead",
    },
  ],
  async run(values, context) {
    const { target } = await connect(values, context);
    const done = await new StateClient(target).reset();
    context.print.result(done, () => `Reset the server at ${target.endpoint}${endedDrivers(done)}`);
    return EXIT_CODES.ok;
  },
});
