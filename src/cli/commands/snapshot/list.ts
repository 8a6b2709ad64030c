import { command } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { formatBytes } from "../../output/time.ts";
import { StateClient } from "../../state/state-client.ts";

export const snapshotList = command({
  path: ["snapshot", "list"],
  summary: "List snapshots",
  options: CONNECTION_OPTIONS,
  examples: [{ command: "firesteel snapshot list", explanation: "by name" }],
  async run(values, context) {
    const { print } = context;
    const { target } = await connect(values, context);
    const snapshots = await new StateClient(target).listSnapshots();
    print.result(snapshots, () =>
      print.table(
        [{ title: "NAME" }, { title: "SAVED" }, { title: "FILES" }, { title: "SIZE" }],
        snapshots.map(({ name, createdAt, files, bytes }) => [
          name,
          print.time(createdAt),
          String(files),
          formatBytes(bytes),
        ]),
        "No snapshots. Save one with `firesteel snapshot save NAME`.",
      ),
    );
    return EXIT_CODES.ok;
  },
});
