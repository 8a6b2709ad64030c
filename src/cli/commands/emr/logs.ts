import { isLogContainer, type LogContainer } from "../../../core/ports/engine.ts";
import { command, flag, required, text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CONNECTION_OPTIONS, type ConnectionValues, connect } from "../../emr/connection.ts";
import { followRun } from "../../emr/follow.ts";
import { engineTail, type LogName, openLogTail } from "../../emr/log-tail.ts";
import { requireRun } from "../../emr/lookup.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES, type ExitCode } from "../../exit-codes.ts";
import { copyTo } from "../../output/copy.ts";

export const emrLogs = command({
  path: ["emr", "logs"],
  summary: "Print the output of a run",
  details:
    "Reads the run's directory on this machine where it is there (also without a server), else its log objects in S3. With --follow it ends when the run does.",
  arguments: { run: required("run", "id of the run") },
  options: {
    follow: flag("-f, --follow", "go on until the run has ended"),
    stream: text("--stream <name>", "stdout or stderr (default: stdout; Spark's own log is on stderr)"),
    container: text("--container <name>", "driver, submitter or executor-1, executor-2, … (default: driver)"),
    virtualCluster: text(
      "--virtual-cluster <name>",
      "virtual cluster of the run, by name or id (default: any)",
    ),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr logs -f 000abc1d2e3f4g5h6i7", explanation: "watch a run's output" },
    {
      command: "firesteel emr logs 000abc1d2e3f4g5h6i7 --stream stderr",
      explanation: "why it failed: Spark's log and stack traces",
    },
  ],
  async run(values, context) {
    const name: LogName = {
      stream: oneOf("--stream", values.stream, ["stdout", "stderr"]),
      container: containerOf(values.container),
    };
    return values.follow
      ? follow(values.run, name, values, context)
      : printNow(values.run, name, values, context);
  },
});

type Values = ConnectionValues & { readonly virtualCluster: string | undefined };

async function printNow(runId: string, name: LogName, values: Values, context: Context): Promise<ExitCode> {
  const reader = await context.host.runLogs(runId);
  if (reader !== null) {
    await copyTo(context.io.stdout, engineTail(reader, name).next(), context.signal);
    return EXIT_CODES.ok;
  }
  const { client } = await connect(values, context);
  const run = await requireRun(client, runId, values.virtualCluster);
  const tail = await openLogTail(context.host, run, name);
  if (tail === null) {
    throw new CliError(
      `run ${runId} has no ${name.stream} of its ${name.container} here: it is ${run.state}`,
      {
        hint: `${run.stateDetails ?? "No more is known."}\nWait for it with: firesteel emr logs -f ${runId}`,
      },
    );
  }
  await copyTo(context.io.stdout, tail.next(), context.signal);
  return EXIT_CODES.ok;
}

async function follow(runId: string, name: LogName, values: Values, context: Context): Promise<ExitCode> {
  const { client } = await connect(values, context);
  const { virtualClusterId } = await requireRun(client, runId, values.virtualCluster);
  await followRun({
    client,
    virtualClusterId,
    runId,
    signal: context.signal,
    logs: [
      {
        open: (run) => openLogTail(context.host, run, name),
        onBytes: (bytes) => context.io.stdout.write(bytes),
      },
    ],
    onChange: ({ state, stateDetails }) =>
      context.print.note(stateDetails ? `${state}  ${stateDetails}` : state),
  });
  return EXIT_CODES.ok;
}

function containerOf(given = "driver"): LogContainer {
  if (isLogContainer(given)) return given;
  throw new CliError(`--container ${given}: expected driver, submitter or an executor such as executor-1`, {
    exitCode: EXIT_CODES.usage,
  });
}

/** The word given, or the first where none was. */
function oneOf<Word extends string>(
  option: string,
  given: string | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  const word = given === undefined ? words[0] : words.find((candidate) => candidate === given);
  if (word !== undefined) return word;
  throw new CliError(`${option} ${given}: expected ${words.join(" or ")}`, { exitCode: EXIT_CODES.usage });
}
