import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "../context.ts";
import { EXIT_CODES, type ExitCode } from "../exit-codes.ts";
import { LiveLine } from "../output/live-line.ts";
import { formatDuration } from "../output/time.ts";
import type { ServerConnection } from "./connection.ts";
import { followRun } from "./follow.ts";
import { listLogObjects, logPrefix, openLogTail } from "./log-tail.ts";
import type { SubmittedRun } from "./submit.ts";
import { ENDED_RUN_STATES, type JobRun } from "./wire.ts";

/** How long Ctrl-C waits to see the run cancelled before it leaves that to the server. */
const CANCEL_WAIT_MS = 10_000;
const CANCEL_POLL_MS = 200;
const SHOWN_ERROR_LINES = 15;

/** Shows a run's states and output until it ends; cancels it where the user interrupts. */
export async function runAttached(
  submitted: SubmittedRun,
  { client, isLocal }: ServerConnection,
  values: { readonly verbose: boolean },
  context: Context,
): Promise<ExitCode> {
  const { io, print, signal, clock } = context;
  const live = new LiveLine(io.stderr, () => clock.now());
  // With -o json stdout holds the result alone.
  const output = print.format === "json" ? io.stderr : io.stdout;
  const errors = new LastLines(SHOWN_ERROR_LINES);
  const write = (to: typeof output) => (bytes: Uint8Array) => {
    live.clear();
    to.write(bytes);
  };
  const tail = (stream: "stdout" | "stderr", onBytes: (bytes: Uint8Array) => void) => ({
    open: (run: JobRun) =>
      isLocal ? openLogTail(context.host, run, { container: "driver", stream }) : Promise.resolve(null),
    onBytes,
  });
  let run: JobRun;
  try {
    run = await followRun({
      client,
      virtualClusterId: submitted.virtualClusterId,
      runId: submitted.id,
      signal,
      logs: [
        tail("stdout", write(output)),
        tail("stderr", values.verbose ? write(io.stderr) : (bytes) => errors.add(bytes)),
      ],
      onChange: ({ state, stateDetails }) => {
        // The end is told after the output, with how long it took.
        if (!ENDED_RUN_STATES.includes(state))
          live.update(state, stateDetails ? `${state}  ${stateDetails}` : state);
      },
    });
  } catch (error) {
    live.clear();
    if (!signal.aborted) throw error;
    return cancelInterrupted(submitted, { client, isLocal }, context);
  }
  live.clear();
  return showEnd(run, errors, isLocal, context);
}

async function showEnd(
  run: JobRun,
  errors: LastLines,
  isLocal: boolean,
  { host, print }: Context,
): Promise<ExitCode> {
  const completed = run.state === "COMPLETED";
  const took = formatDuration(Date.parse(run.finishedAt ?? run.createdAt) - Date.parse(run.createdAt));
  const prefix = logPrefix(run);
  const logs = isLocal ? await listLogObjects(await host.buckets(), run) : [];
  if (!completed && errors.text !== "") print.note(`Last of the driver's stderr:\n${errors.text}`);
  print.note(`${run.state} after ${took}${!completed && run.stateDetails ? `: ${run.stateDetails}` : ""}`);
  // A run that never started has none; elsewhere it is not known.
  if (prefix !== null && (logs.length > 0 || !isLocal))
    print.note([`Logs: ${prefix}`, ...logs.map((uri) => `        ${uri.slice(prefix.length)}`)].join("\n"));
  if (!completed && logs.length > 0)
    print.note(`Spark's own log: firesteel emr logs ${run.id} --stream stderr`);
  if (print.format === "json") print.result({ jobRun: run, logs }, () => "");
  return completed ? EXIT_CODES.ok : EXIT_CODES.runFailed;
}

async function cancelInterrupted(
  submitted: SubmittedRun,
  { client }: ServerConnection,
  { print, clock }: Context,
): Promise<ExitCode> {
  print.note(`Interrupted: cancelling run ${submitted.id} (Ctrl-C again to leave at once)`);
  await client.cancelJobRun(submitted.virtualClusterId, submitted.id);
  const deadline = clock.now() + CANCEL_WAIT_MS;
  while (clock.now() < deadline) {
    const { state } = await client.describeJobRun(submitted.virtualClusterId, submitted.id);
    if (ENDED_RUN_STATES.includes(state)) {
      print.note(state);
      return EXIT_CODES.interrupted;
    }
    await delay(CANCEL_POLL_MS);
  }
  print.note(
    `The driver has not ended yet; the server goes on cancelling it. See: firesteel emr describe ${submitted.id}`,
  );
  return EXIT_CODES.interrupted;
}

/** Spark's everyday log lines, such as `26/11/22 07:24:13 INFO ShutdownHookManager: …`. */
const EVERYDAY = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d (TRACE|DEBUG|INFO|WARN) /;

/** A frame of a Java stack trace, or what stands for further ones. */
const FRAME = /^\s+(at .+\(.*\)|\.\.\. \d+ more)\s*$/;
/** Frames shown of each trace: more of them push out the line that says what happened. */
const SHOWN_FRAMES = 2;

/** The last lines of a log that tell of trouble, for the moment that they turn out to matter. */
export class LastLines {
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  #lines: string[] = [];
  #unfinished = "";
  #frames = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(bytes: Uint8Array): void {
    const lines = (this.#unfinished + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) {
      this.#frames = FRAME.test(line) ? this.#frames + 1 : 0;
      if (this.#frames <= SHOWN_FRAMES && !EVERYDAY.test(line)) this.#lines.push(line);
    }
    this.#lines = this.#lines.slice(-this.#limit);
  }

  get text(): string {
    return [...this.#lines, this.#unfinished].join("\n").trimEnd();
  }
}
