import { setTimeout as delay } from "node:timers/promises";
import type { EmrClient } from "./emr-client.ts";
import type { LogTail } from "./log-tail.ts";
import { ENDED_RUN_STATES, type JobRun } from "./wire.ts";

export interface FollowedLog {
  /** Null where the log is not there yet: it is asked for again. */
  open(run: JobRun): Promise<LogTail | null>;
  onBytes(bytes: Uint8Array): void;
}

export interface FollowOptions {
  readonly client: EmrClient;
  readonly virtualClusterId: string;
  readonly runId: string;
  readonly logs: readonly FollowedLog[];
  /** Called with the first state, and whenever the state or its details change. */
  onChange(run: JobRun): void;
  /** Ends the following: an AbortError is thrown. */
  readonly signal: AbortSignal;
  readonly pollMs?: number;
}

const POLL_MS = 400;

/** Follows a run to its end, and its logs with it; answers the run as it ended. */
export async function followRun(options: FollowOptions): Promise<JobRun> {
  const { client, virtualClusterId, runId, logs, signal, pollMs = POLL_MS } = options;
  const tails = new Map<FollowedLog, LogTail>();
  let shown = "";
  for (;;) {
    const run = await client.describeJobRun(virtualClusterId, runId);
    const state = `${run.state} ${run.stateDetails ?? ""}`;
    const isEnd = ENDED_RUN_STATES.includes(run.state);
    // The log first at the end: the state is the last word.
    if (state !== shown && !isEnd) options.onChange(run);
    for (const log of logs) {
      const tail = tails.get(log) ?? (await log.open(run));
      if (tail === null) continue;
      tails.set(log, tail);
      for await (const bytes of tail.next()) log.onBytes(bytes);
    }
    if (isEnd) {
      options.onChange(run);
      return run;
    }
    shown = state;
    await delay(pollMs, undefined, { signal });
  }
}
