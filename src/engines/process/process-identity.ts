import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { isMissing } from "./records.ts";

/** Number of the field `starttime` in /proc/PID/stat, counted from the state, which is the first behind the name. */
const START_TIME_FIELD = 19;

let bootId: string | null = null;

/**
 * Whether the process lives that had this id and start time. An id alone may long belong to another process;
 * a zombie has ended. The start time is written as `supervise.py` writes it.
 */
export async function isAlive(pid: number, startTime: string): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime;
}

/** What tells a process from a later one with the same id; null where none lives under it. */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (process.platform !== "linux") return startTimeByPs(pid);
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    bootId ??= (await readFile("/proc/sys/kernel/random/boot_id", "latin1")).trim();
    return `${bootId}/${fields[START_TIME_FIELD]}`;
  } catch (error) {
    // ESRCH: it ended between the opening of the file and the reading.
    if (isMissing(error) || (error instanceof Error && "code" in error && error.code === "ESRCH"))
      return null;
    throw error;
  }
}

async function startTimeByPs(pid: number): Promise<string | null> {
  const env = { LC_ALL: "C", TZ: "UTC", PATH: "/bin:/usr/bin" };
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { env });
    const [, state, startTime] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
    return startTime === undefined || state?.startsWith("Z") ? null : startTime;
  } catch (error) {
    // ps ends with 1 where there is no such process.
    if (error instanceof Error && "code" in error && error.code === 1) return null;
    throw error;
  }
}
