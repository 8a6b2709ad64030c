import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { isBusy } from "./data-directory.ts";

const RETRY_MS = 20;
const TIMEOUT_MS = 30_000;

/**
 * Does something while no other process does it. The lock is SQLite's own on a file, which the operating system takes
 * back whatever way the process ends. Throws where another process has it for too long.
 */
export async function withFileLock<Answer>(file: string, use: () => Promise<Answer>): Promise<Answer> {
  const release = await lock(file);
  try {
    return await use();
  } finally {
    release();
  }
}

async function lock(file: string): Promise<() => void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const database = new DatabaseSync(file);
    try {
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (cause) {
      database.close();
      if (!isBusy(cause)) throw cause;
      if (performance.now() > deadline)
        throw new Error(`Another process has had ${file} for too long: try again.`, { cause });
    }
    await delay(RETRY_MS);
  }
}
