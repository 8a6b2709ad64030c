import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { hasCode } from "../errors.ts";

const execute = promisify(execFile);
/** `USER_HZ`: the unit of times in /proc on every Linux (man 5 proc_pid_stat). */
const TICKS_PER_SECOND = 100;
const POLL_MS = 50;

/** When a process started, in milliseconds since 1970; null where there is no such process or it is a zombie. */
export async function processStartedAtMs(pid: number): Promise<number | null> {
  if (!exists(pid)) return null;
  return process.platform === "linux" ? startedOnLinux(pid) : startedElsewhere(pid);
}

/** Whether the process has ended within the time given. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while ((await processStartedAtMs(pid)) !== null) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return hasCode(error, "EPERM");
  }
}

async function startedOnLinux(pid: number): Promise<number | null> {
  try {
    const [stat, machine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/stat", "utf8"),
    ]);
    // The name, in parentheses, may hold spaces and parentheses: count fields after the last one (man 5 proc_pid_stat).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return null;
    const bootSeconds = Number(/^btime (\d+)$/m.exec(machine)?.[1]);
    return (bootSeconds + Number(fields[19]) / TICKS_PER_SECOND) * 1000;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) return null;
    throw error;
  }
}

async function startedElsewhere(pid: number): Promise<number | null> {
  try {
    const { stdout } = await execute("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
    const startedAtMs = Date.parse(stdout.trim());
    return Number.isNaN(startedAtMs) ? null : startedAtMs;
  } catch {
    // `ps` exits 1 where there is no such process.
    return null;
  }
}
