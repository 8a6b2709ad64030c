import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copySqlite } from "./sqlite-copy.ts";

/** Copies that are kept; older ones go when another is made. */
const KEPT = 3;
const NAME = /^before-upgrade-(\d{8}T\d{6}Z)-to-\d+\.db$/;

/**
 * Copies the database into `backups/` beside it, before a migration changes it, and removes all but the newest copies.
 * Answers the copy's path.
 */
export async function backUpBeforeUpgrade(file: string, toMigration: number, nowMs: number): Promise<string> {
  const directory = join(dirname(file), "backups");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const copy = join(directory, `before-upgrade-${stamp}-to-${toMigration}.db`);
  await copySqlite(file, copy);
  const old = (await readdir(directory)).filter((name) => NAME.test(name)).sort();
  for (const name of old.slice(0, -KEPT)) await rm(join(directory, name), { force: true });
  return copy;
}
