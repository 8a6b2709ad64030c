import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { CliError, hasCode } from "../errors.ts";

/** How long another process may take: it may be waiting for a server. */
const LOCK_TIMEOUT_MS = 90_000;
const POLL_MS = 50;
/** https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;

/** A file's text; empty where there is none. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}

/**
 * Replaces a file by one that only its owner can read, whole or not at all; where it is a link, what it leads to.
 * @param directoryMode of the directories that have to be made
 */
export async function writePrivately(file: string, text: string, directoryMode = 0o700): Promise<void> {
  const target = await realpath(file).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return file;
    throw error;
  });
  await mkdir(dirname(target), { recursive: true, mode: directoryMode });
  const temporary = `${target}.${randomUUID()}`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Does something to a file while nobody else of ours does; the lock ends with its process, however that ends. */
export async function alone<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // SQLite's own lock: it is there on every platform, and the system lets go of it when a process dies.
  using lock = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  const giveUpAtMs = performance.now() + LOCK_TIMEOUT_MS;
  // Not by SQLite's own waiting, which would hold up whoever has the lock in this process.
  while (!isTaken(lock)) {
    if (performance.now() > giveUpAtMs) throw new CliError(`another process holds ${file} and does not end`);
    await delay(POLL_MS);
  }
  return await act();
}

function isTaken(lock: DatabaseSync): boolean {
  try {
    lock.exec("begin exclusive");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
