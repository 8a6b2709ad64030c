import { constants, existsSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Where the kernel shows a process its open files, a name can be looked up below a folder that is held open. */
const DESCRIPTORS = "/proc/self/fd";
const canHold = existsSync(DESCRIPTORS);

/**
 * Calls `use` with the path of a file whose folder cannot be exchanged meanwhile: the way from `root` is opened part by
 * part and never through a link, so that somebody who may write below `root` and swaps a folder for a link in between
 * makes this fail, not lead elsewhere. `path` must be free of links now. Without `/proc` (macOS) the path is used as
 * it is, and such a race is not prevented.
 */
export async function inHeldFolder<Result>(
  root: string,
  path: string,
  options: { readonly makeFolders: boolean },
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (!canHold) {
    if (options.makeFolders) await mkdir(dirname(path), { recursive: true, mode: 0o777 });
    return use(path);
  }
  const parts = relative(root, path).split(sep);
  const name = parts.pop() ?? "";
  let folder: FileHandle = await open(root, FOLDER);
  try {
    for (const part of parts) {
      const below = join(DESCRIPTORS, String(folder.fd), part);
      if (options.makeFolders) await mkdir(below, { mode: 0o777 }).catch(ignoreExisting);
      const next = await open(below, FOLDER);
      await folder.close();
      folder = next;
    }
    return await use(join(DESCRIPTORS, String(folder.fd), name));
  } finally {
    await folder.close();
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}
