import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** Linux counts in hundredths of a second, whatever the kernel's own clock does (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Processor time of a process with all its threads, without its children; NaN where the system does not tell it so. */
export async function cpuSeconds(pid: number): Promise<number> {
  if (process.platform !== "linux") return Number.NaN;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export async function residentMegabytes(pid: number): Promise<number> {
  if (process.platform !== "linux") {
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout) / 1000;
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1000;
}
