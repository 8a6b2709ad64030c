import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { probeSandbox } from "../../src/engines/process/sandbox.ts";

const SUPERVISOR = fileURLToPath(new URL("../../drivers/supervisor/supervise.py", import.meta.url));

/** Why tests of what a sandbox holds are skipped on this machine, said loudly; false where they are not. */
export async function skippedWithoutSandbox(what: string): Promise<string | false> {
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  const support = await probeSandbox(python.trim(), SUPERVISOR);
  if (support.works) return false;
  console.warn(`NOT TESTED: ${what}. This machine allows no sandbox: ${support.reason}`);
  return `this machine allows no sandbox: ${support.reason}`;
}

/** Ids of the processes of this machine that carry a run's name in their environment. */
export async function processesOf(tag: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  // Those that have ended meanwhile, or belong to somebody else, are not the run's.
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, "latin1").catch(() => "")),
  );
  return pids.filter((_, index) => environments[index]?.split("\0").includes(`FIRESTEEL_ATTEMPT=${tag}`));
}
