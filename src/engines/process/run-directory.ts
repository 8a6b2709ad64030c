import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing, type LaunchRecord, RUN_FORMAT, syncDirectory, writeDurably } from "./records.ts";
import { runPaths } from "./run-paths.ts";

/** Names that start so are directories in the making; no tag does. */
const IN_THE_MAKING = ".launching-";

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Makes a run's directory as a whole: it is there with everything that the supervisor needs, or it is not there.
 * `files` are contents by relative path. What a launch that was cut short left behind is replaced.
 */
export async function createRunDirectory(
  runDirectory: string,
  launch: LaunchRecord,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const runs = dirname(runDirectory);
  const making = join(runs, IN_THE_MAKING + basename(runDirectory));
  await rm(making, { recursive: true, force: true });
  const paths = runPaths(making);
  // Settings and output of a run may hold secrets of its owner's.
  for (const path of [paths.configuration, paths.work, paths.temporary, paths.home, paths.eventLogs]) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  }
  const folders = new Set(Object.keys(files).map((name) => dirname(join(making, name))));
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all([
    writeDurably(paths.version, JSON.stringify({ format: RUN_FORMAT })),
    writeDurably(paths.launch, JSON.stringify({ ...launch, format: RUN_FORMAT })),
    ...Object.entries(files).map(([name, content]) => writeDurably(join(making, name), content)),
  ]);
  await syncDirectory(paths.configuration);
  await syncDirectory(making);
  await rename(making, runDirectory);
  await syncDirectory(runs);
}
