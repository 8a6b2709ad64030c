import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface Use {
  /** Blocks of the disk, which is less than the files' sizes where these have holes. */
  readonly bytes: number;
  readonly files: number;
}

const NOTHING: Use = { bytes: 0, files: 0 };
/** https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/sys_stat.h.html leaves the unit open; Linux and macOS count so. */
const BLOCK_BYTES = 512;

/** What a file, or everything below a folder, takes on the disk; nothing where it is not there. Links are not followed. */
export async function diskUse(path: string, except: ReadonlySet<string> = new Set()): Promise<Use> {
  const found = await lstat(path).catch(ignoreMissing);
  if (found === undefined) return NOTHING;
  const own = found.blocks * BLOCK_BYTES;
  if (!found.isDirectory()) return { bytes: own, files: 1 };
  const below: Use[] = [];
  for (const name of (await readdir(path).catch(ignoreMissing)) ?? [])
    if (!except.has(name)) below.push(await diskUse(join(path, name)));
  return sum([{ bytes: own, files: 0 }, ...below]);
}

export function sum(uses: readonly Use[]): Use {
  return uses.reduce(
    (all, { bytes, files }) => ({ bytes: all.bytes + bytes, files: all.files + files }),
    NOTHING,
  );
}

/** A driver's own files may be out of reach, and whatever is looked at may just vanish. */
function ignoreMissing(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (["ENOENT", "ENOTDIR", "EACCES"].includes(code)) return undefined;
  throw error;
}
