import { command, required, text } from "../../command.ts";
import { LastLines } from "../../emr/attached-run.ts";
import { CONNECTION_OPTIONS, connect } from "../../emr/connection.ts";
import { listLogObjects, logPrefix, openLogTail } from "../../emr/log-tail.ts";
import { requireRun } from "../../emr/lookup.ts";
import type { JobRun } from "../../emr/wire.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import type { Host } from "../../host.ts";
import { formatDuration } from "../../output/time.ts";

const SHOWN_ERROR_LINES = 30;

export const emrDescribe = command({
  path: ["emr", "describe"],
  summary: "Show all that is known of a run",
  details:
    "For a run that failed, the end of the driver's stderr is shown too, without Spark's everyday lines.",
  arguments: { run: required("run", "id of the run") },
  options: {
    virtualCluster: text(
      "--virtual-cluster <name>",
      "virtual cluster of the run, by name or id (default: any)",
    ),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr describe 000abc1d2e3f4g5h6i7", explanation: "one run" },
    {
      command: "firesteel emr describe 000abc1d2e3f4g5h6i7 -o json | jq -r .state",
      explanation: "its state, for a script",
    },
  ],
  async run(values, context) {
    const { print, host } = context;
    const { client, isLocal } = await connect(values, context);
    const run = await requireRun(client, values.run, values.virtualCluster);
    const logs = isLocal ? await listLogObjects(await host.buckets(), run) : [];
    const errors = isLocal && run.state === "FAILED" ? await endOfErrors(host, run) : "";
    print.result(run, () => {
      const fields = print.fields(
        [
          ["Id", run.id],
          ["Name", run.name ?? "-"],
          ["State", run.state],
          ["Details", run.stateDetails ?? "-"],
          ["Failure reason", run.failureReason ?? "-"],
          ["Virtual cluster", run.virtualClusterId],
          ["Release", run.releaseLabel],
          ...driverFields(run.jobDriver),
          ["Execution role", run.executionRoleArn],
          ["Created", print.time(run.createdAt)],
          ["Finished", print.time(run.finishedAt)],
          [
            "Took",
            run.finishedAt ? formatDuration(Date.parse(run.finishedAt) - Date.parse(run.createdAt)) : "-",
          ],
          ["Created by", run.createdBy],
          ["Logs", logsOf(run, logs)],
        ].map(([name = "", value = ""]) => [name, value] as const),
      );
      return errors === ""
        ? fields
        : `${fields}\n\n${print.style.bold("End of the driver's stderr")}\n${errors}`;
    });
    return EXIT_CODES.ok;
  },
});

function driverFields({ sparkSubmitJobDriver: submit, sparkSqlJobDriver: sql }: JobRun["jobDriver"]) {
  if (sql !== undefined) {
    return [
      ["SQL file", sql.entryPoint],
      ["Spark SQL parameters", sql.sparkSqlParameters ?? "-"],
    ];
  }
  return [
    ["Entry point", submit?.entryPoint ?? "-"],
    ["Arguments", submit?.entryPointArguments?.join(" ") ?? "-"],
    ["Spark parameters", submit?.sparkSubmitParameters ?? "-"],
  ];
}

/** The prefix once, and below it what it holds: the addresses are long. */
function logsOf(run: JobRun, logs: readonly string[]): string {
  const prefix = logPrefix(run);
  return prefix === null ? "-" : [prefix, ...logs.map((uri) => `  ${uri.slice(prefix.length)}`)].join("\n");
}

async function endOfErrors(host: Host, run: JobRun): Promise<string> {
  const tail = await openLogTail(host, run, { container: "driver", stream: "stderr" });
  if (tail === null) return "";
  const lines = new LastLines(SHOWN_ERROR_LINES);
  for await (const bytes of tail.next()) lines.add(bytes);
  return lines.text;
}
