import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Files copied side by side: enough to keep a disk busy. */
const SIDE_BY_SIDE = 16;

/** What was copied. */
export interface Copied {
  files: number;
  bytes: number;
}

/**
 * Copies the directories and regular files below a folder with their modes and times, sharing their blocks where the
 * file system can. Links and pipes are left out, and so is what `leavesOut` says of a path relative to the folder.
 * Does nothing where there is no such folder.
 */
export async function copyTree(
  source: string,
  target: string,
  leavesOut: (path: readonly string[]) => boolean = () => false,
): Promise<Copied> {
  const copied: Copied = { files: 0, bytes: 0 };
  await copyFolder(source, target, [], leavesOut, copied);
  return copied;
}

async function copyFolder(
  source: string,
  target: string,
  path: readonly string[],
  leavesOut: (path: readonly string[]) => boolean,
  copied: Copied,
): Promise<void> {
  const entries = await readdir(source, { withFileTypes: true }).catch(ignoreMissing);
  if (entries === undefined) return;
  await mkdir(target, { recursive: true, mode: 0o700 });
  const kept = entries.filter(({ name }) => !leavesOut([...path, name]));
  const files = kept.filter((entry) => entry.isFile()).values();
  const worker = async () => {
    // The workers share one iterator: each file goes to whoever is free.
    for (const { name } of files) {
      copied.bytes += await copyOne(join(source, name), join(target, name));
      copied.files += 1;
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  for (const { name } of kept.filter((entry) => entry.isDirectory()))
    await copyFolder(join(source, name), join(target, name), [...path, name], leavesOut, copied);
  // Last, so that a folder that may not be written to can be filled; regardless of the umask.
  await chmod(target, (await stat(source)).mode & 0o7777);
}

async function copyOne(source: string, target: string): Promise<number> {
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  const { size, atime, mtime } = await stat(source);
  await utimes(target, atime, mtime);
  return size;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
