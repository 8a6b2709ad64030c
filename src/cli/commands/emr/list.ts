import { command, list, text } from "../../command.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { collect, requireCluster } from "../../emr/lookup.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

const DEFAULT_LIMIT = 25;

export const emrList = command({
  path: ["emr", "list"],
  summary: "List runs, newest first",
  options: {
    virtualCluster: text(
      "--virtual-cluster <name>",
      "only of this virtual cluster, by name or id (default: all live ones)",
    ),
    state: list("--state <state>", "only in this state, such as RUNNING"),
    limit: text("--limit <number>", `at most so many (default: ${DEFAULT_LIMIT})`),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr list", explanation: "the newest runs" },
    {
      command: "firesteel emr list --state RUNNING --state PENDING -o json",
      explanation: "what is at work, for a script",
    },
  ],
  async run(values, context) {
    const { print } = context;
    const limit = Number(values.limit ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1) {
      throw new CliError(`--limit ${values.limit}: expected a whole number above 0`, {
        exitCode: EXIT_CODES.usage,
      });
    }
    const { client } = await connect(values, context);
    const clusters =
      values.virtualCluster === undefined
        ? await collect(client.listVirtualClusters({ states: ["RUNNING", "TERMINATING", "ARRESTED"] }))
        : [await requireCluster(client, values.virtualCluster)];
    const states = values.state.map((state) => state.toUpperCase());
    const perCluster = await Promise.all(
      clusters.map(({ id }) => collect(client.listJobRuns(id, { states }), limit)),
    );
    const runs = perCluster
      .flat()
      .sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))
      .slice(0, limit);
    const nameOf = new Map(clusters.map(({ id, name }) => [id, name]));
    print.result(runs, () =>
      print.table(
        [
          { title: "ID" },
          { title: "NAME" },
          { title: "STATE" },
          { title: "VIRTUAL CLUSTER" },
          { title: "CREATED" },
          { title: "DETAILS" },
        ],
        runs.map((run) => [
          run.id,
          run.name ?? "",
          run.state,
          nameOf.get(run.virtualClusterId) ?? run.virtualClusterId,
          print.time(run.createdAt),
          run.stateDetails ?? "",
        ]),
        "No runs. Start one with: firesteel emr run my.py",
      ),
    );
    return EXIT_CODES.ok;
  },
});
