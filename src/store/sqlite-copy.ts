import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";

/** More pages than a file can have: the copy is one step, and so one snapshot, however busy the writers are. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a SQLite database, also while a server writes to it: the copy holds every commit that was answered before,
 * and none by half. It appears under its name (0600) when it is whole and on the disk. Throws where the database is
 * damaged: a copy of it would be no backup.
 */
export async function copySqlite(file: string, target: string): Promise<void> {
  const partial = `${target}.partial`;
  await rm(partial, { force: true });
  try {
    await (await open(partial, "wx", 0o600)).close();
    const source = new DatabaseSync(file, { readOnly: true });
    try {
      await backup(source, partial, { rate: ALL_PAGES });
    } finally {
      source.close();
    }
    check(partial, file);
    await syncFile(partial);
    await rename(partial, target);
    await syncFile(dirname(target));
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(partial + suffix, { force: true });
  }
}

function check(copy: string, file: string): void {
  const database = new DatabaseSync(copy);
  try {
    const found = database.prepare("pragma quick_check(1)").get()?.quick_check;
    if (found !== "ok") throw new Error(`${file} is damaged: ${String(found)}`);
  } finally {
    database.close();
  }
}

/** Works for a directory too, which makes its names durable. */
async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
