import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, realpath, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { hasCode } from "../errors.ts";

/** How long another process may take: it may be waiting for a server. */
const LOCK_TIMEOUT_MS = 90_000;

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
  const lock = new DatabaseSync(`${file}.lock`, { timeout: LOCK_TIMEOUT_MS });
  try {
    lock.exec("begin exclusive");
    return await act();
  } finally {
    lock.close();
  }
}
