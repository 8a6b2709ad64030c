import type { ExitCause } from "../../core/application/application.ts";
import { LOG_STREAMS, type Observation } from "../../core/ports/engine.ts";
import { SUMMARY_TAIL_BYTES, summariseFailure } from "./failure-summary.ts";
import { logFile, readLogTail } from "./log-files.ts";
import { type ExitRecord, readLaunchedKind } from "./records.ts";
import { runPaths } from "./run-paths.ts";

type Exited = Extract<Observation, { kind: "exited" }>;

/** What a recorded end means, with the reason that the driver printed where it ended itself. */
export async function reportExit(runDirectory: string, record: ExitRecord): Promise<Exited> {
  const { code, signal, atMs, problem } = record;
  const cut = record.cut ?? null;
  if (problem !== null) return exited({ cause: "launch-failed", summary: problem, atMs });
  if (record.limit) {
    const { kind, reason } = record.limit;
    return exited({ code, signal, cause: kind === "memory" ? "oom" : "killed", summary: reason, atMs });
  }
  if (record.oomSuspected) {
    const summary = "The kernel ended the driver because the machine was out of memory.";
    return exited({ code, signal, cause: "oom", summary, atMs });
  }
  if (code === 0) return exited({ code, cause: "exited", summary: cut, atMs });
  // What a driver prints while it is being ended from outside is not why it ended.
  if (signal !== null || record.killRequested)
    return exited({ code, signal, cause: "killed", summary: cut, atMs });
  const [stdout, stderr] = await Promise.all(
    LOG_STREAMS.map((stream) => readLogTail(logFile(runDirectory, "driver", stream), SUMMARY_TAIL_BYTES)),
  );
  const kind = await readLaunchedKind(runPaths(runDirectory).launch);
  const output = { kind, code, stdout: stdout ?? "", stderr: stderr ?? "" };
  const { summary, outOfMemory } = summariseFailure(output);
  return exited({ code, cause: outOfMemory ? "oom" : "exited", summary, atMs });
}

/** The end of a driver that nobody saw. */
export function reportLost(nowMs: number): Exited {
  const summary = "The driver's supervisor ended without a record of how the driver ended.";
  return exited({ cause: "lost", summary, atMs: nowMs });
}

function exited(known: { cause: ExitCause; atMs: number } & Partial<Exited>): Exited {
  return { kind: "exited", code: null, signal: null, summary: null, ...known };
}
