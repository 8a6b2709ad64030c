import { rm } from "node:fs/promises";
import { type ExitRecord, readExitRecord, writeRecord } from "./records.ts";
import { exists } from "./run-directory.ts";
import { runPaths } from "./run-paths.ts";

/**
 * Makes the copy of a run's directory one whose driver is elsewhere, so that no engine takes the processes that it
 * names for its own. Answers false where there is no directory, or where it tells how the driver ended.
 */
export async function leaveBehind(runDirectory: string, atMs: number): Promise<boolean> {
  const paths = runPaths(runDirectory);
  if (!(await exists(paths.launch)) || (await readExitRecord(paths.exit)) !== null) return false;
  const record: ExitRecord = {
    code: null,
    signal: null,
    atMs,
    maxRssBytes: null,
    oomSuspected: false,
    killRequested: false,
    problem: "This directory was restored from a backup; the driver was left behind.",
  };
  await writeRecord(paths.exit, record);
  for (const path of [paths.supervisor, paths.started]) await rm(path, { force: true });
  return true;
}
