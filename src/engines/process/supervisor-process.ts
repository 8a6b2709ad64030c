import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { logFile } from "./log-files.ts";

/** Which program supervises a run. */
export interface SupervisorProgram {
  readonly python: string;
  /** Path of `supervise.py`. */
  readonly script: string;
}

/**
 * Starts the supervisor of a run in a session of its own and answers once it has recorded what it did: it closes its
 * end of a pipe then, or ends. Throws where it cannot be executed. `onExit` is called when it has ended, if this
 * process is still there to see it.
 */
export async function startSupervisor(
  program: SupervisorProgram,
  runDirectory: string,
  onExit: () => void,
): Promise<void> {
  const stdout = await open(logFile(runDirectory, "submitter", "stdout"), "a", 0o600);
  const stderr = await open(logFile(runDirectory, "submitter", "stderr"), "a", 0o600);
  try {
    const child = spawn(program.python, ["-I", "-S", "-B", "-X", "utf8", program.script, runDirectory], {
      detached: true,
      cwd: runDirectory,
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
      stdio: ["ignore", stdout.fd, stderr.fd, "pipe"],
    });
    child.once("exit", onExit);
    await recorded(child);
    child.unref();
  } finally {
    await stdout.close();
    await stderr.close();
  }
}

async function recorded(child: ChildProcess): Promise<void> {
  await once(child, "spawn");
  // The fourth entry of stdio is a pipe, of which this process holds the readable end.
  const ready = child.stdio[3] as Readable;
  ready.resume();
  await once(ready, "end");
}
