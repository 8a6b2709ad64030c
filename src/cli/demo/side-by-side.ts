import { setInterval as every } from "node:timers/promises";
import type { Context } from "../context.ts";
import type { EmrClient } from "../emr/emr-client.ts";
import { followRun } from "../emr/follow.ts";
import { openLogTail } from "../emr/log-tail.ts";
import { ENDED_RUN_STATES, type JobRun, type StartJobRunRequest } from "../emr/wire.ts";
import { LineSplitter } from "../output/line-splitter.ts";
import { LiveLine } from "../output/live-line.ts";
import { styleState } from "../output/style.ts";
import { harmless } from "../output/table.ts";
import { formatDuration } from "../output/time.ts";

export interface DemoRun {
  readonly run: JobRun;
  /** First line that the driver printed; empty where it printed none. */
  readonly firstLine: string;
}

const REDRAW_MS = 500;

/** Submits the runs at once and shows them together: each state and each line of output, by the run's name. */
export async function runSideBySide(
  jobs: readonly StartJobRunRequest[],
  { client, virtualClusterId }: { client: EmrClient; virtualClusterId: string },
  context: Context,
): Promise<readonly DemoRun[]> {
  const screen = new Screen(jobs, context);
  const ended = new AbortController();
  const redrawing = screen.redrawUntil(ended.signal);
  try {
    const submitted = await Promise.all(jobs.map((job) => client.startJobRun(virtualClusterId, job)));
    return await Promise.all(
      submitted.map(async ({ id }, index) => {
        const name = jobs[index]?.name ?? id;
        let firstLine = "";
        const lines = new LineSplitter((line) => {
          if (firstLine === "") firstLine = harmless(line).trim();
          screen.line(name, line);
        });
        const run = await followRun({
          client,
          virtualClusterId,
          runId: id,
          signal: context.signal,
          onChange: (changed) => screen.state(name, changed),
          logs: [
            {
              open: (current) =>
                openLogTail(context.host, current, { container: "driver", stream: "stdout" }),
              onBytes: (bytes) => lines.add(bytes),
            },
          ],
        });
        lines.end();
        return { run, firstLine };
      }),
    );
  } finally {
    ended.abort();
    await redrawing;
  }
}

/** Lines of several runs, above one line on a terminal that tells how each stands. */
class Screen {
  readonly #context: Context;
  readonly #live: LiveLine;
  readonly #width: number;
  readonly #states = new Map<string, string>();
  readonly #startedAtMs: number;

  constructor(jobs: readonly StartJobRunRequest[], context: Context) {
    this.#context = context;
    this.#live = new LiveLine(context.io.stderr, () => context.clock.now());
    this.#width = Math.max(...jobs.map(({ name = "" }) => name.length));
    this.#startedAtMs = context.clock.now();
  }

  state(name: string, { state, stateDetails }: JobRun): void {
    const { style } = this.#context.print;
    const isNew = this.#states.get(name) !== state;
    this.#states.set(name, state);
    const details = stateDetails ? `  ${harmless(stateDetails)}` : "";
    if (isNew) this.#write(name, `${style.bold(styleState(style, state))}${details}`);
  }

  line(name: string, text: string): void {
    this.#write(name, harmless(text));
  }

  /** Keeps the live line current on a terminal, and takes it away at the end. */
  async redrawUntil(signal: AbortSignal): Promise<void> {
    if (!this.#context.io.stderr.isTerminal) return;
    try {
      for await (const _tick of every(REDRAW_MS, undefined, { signal })) {
        const took = formatDuration(this.#context.clock.now() - this.#startedAtMs);
        const active = [...this.#states].filter(([, state]) => !ENDED_RUN_STATES.includes(state));
        this.#live.update("runs", `${took}  ${active.map(([name, state]) => `${name} ${state}`).join(", ")}`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#live.clear();
    }
  }

  #write(name: string, text: string): void {
    this.#live.clear();
    const { print, io } = this.#context;
    const line = `${print.style.cyan(name.padEnd(this.#width))}  ${text}`.trimEnd();
    // With -o json stdout holds the result alone.
    if (print.format === "json") io.stderr.write(`${line}\n`);
    else print.line(line);
  }
}
