import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissing, syncDirectory } from "./records.ts";

/** Names that start so are directories on their way out; no tag does. */
const ON_ITS_WAY_OUT = ".removing-";

/**
 * Removes a run's directory: it is there as a whole or not there at all, whenever the server dies. Does nothing where
 * it is not there.
 */
export async function removeRunDirectory(runDirectory: string): Promise<void> {
  const runs = dirname(runDirectory);
  const leaving = join(runs, ON_ITS_WAY_OUT + basename(runDirectory));
  // Of an earlier removal that was cut short.
  await rm(leaving, { recursive: true, force: true });
  try {
    await rename(runDirectory, leaving);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await syncDirectory(runs);
  await rm(leaving, { recursive: true, force: true });
}

/** Removes what removals that were cut short have left. */
export async function removeLeftovers(runsDirectory: string): Promise<void> {
  for (const name of await readdir(runsDirectory)) {
    if (name.startsWith(ON_ITS_WAY_OUT))
      await rm(join(runsDirectory, name), { recursive: true, force: true });
  }
}
