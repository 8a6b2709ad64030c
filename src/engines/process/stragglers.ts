import { readdir, readFile } from "node:fs/promises";
import type { ApplicationId } from "../../core/ids.ts";
import { isAlive } from "./process-identity.ts";
import type { StartedRecord } from "./records.ts";

/**
 * Ends what is left of a run whose supervisor is gone: the driver's process group and, where /proc tells, every
 * process that carries the run's name in its environment.
 */
export async function endStragglers(
  instance: string,
  tag: ApplicationId,
  started: StartedRecord | null,
): Promise<void> {
  if (started !== null && (await isAlive(started.driverPid, started.driverStartTime)))
    kill(-started.driverPid);
  if (process.platform !== "linux") return;
  const marks = [`FIRESTEEL_INSTANCE=${instance}`, `FIRESTEEL_ATTEMPT=${tag}`];
  for (const name of await readdir("/proc")) {
    if (/^\d+$/.test(name) && (await carries(name, marks))) kill(Number(name));
  }
}

async function carries(pid: string, marks: readonly string[]): Promise<boolean> {
  try {
    const variables = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
    return marks.every((mark) => variables.includes(mark));
  } catch (error) {
    // It has ended, or belongs to somebody else and so not to a run of ours.
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ESRCH", "EACCES"].includes(String(error.code))
    )
      return false;
    throw error;
  }
}

function kill(pid: number): void {
  signalIfAlive(pid, "SIGKILL");
}

/** Sends a signal; tells whether there was a process to take it. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
