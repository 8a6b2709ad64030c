import { mkdirSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import type { OnProgress } from "./progress.ts";

export interface InstallOnceOptions<Result> {
  readonly directory: string;
  /** Name of what is installed, below `directory`. */
  readonly name: string;
  /** What is installed there already; null where it is missing or broken. */
  readonly load: (path: string) => Promise<Result | null>;
  /** Makes it in `partial`, to be moved to `target` afterwards. */
  readonly build: (partial: string, target: string) => Promise<void>;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 200;

/**
 * Installs something once, whoever asks for it at the same time, in this process or another, and also after an
 * installer died. It is made beside its place and moved there whole, so that a half installation is never seen.
 */
export async function installOnce<Result>(options: InstallOnceOptions<Result>): Promise<Result> {
  const { directory, name, load, build } = options;
  const target = join(directory, name);
  const present = await load(target);
  if (present !== null) return present;
  mkdirSync(directory, { recursive: true });
  using _lock = await lock(join(directory, `${name}.lock`), options);
  const madeMeanwhile = await load(target);
  if (madeMeanwhile !== null) return madeMeanwhile;
  await removeLeftovers(directory, name);
  const partial = `${target}.partial-${process.pid}`;
  try {
    await build(partial, target);
    // What is broken (its Python is gone, say) gives way; nothing that works is ever replaced.
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const made = await load(target);
  if (made === null) throw new Error(`the installation of ${name} is not usable`);
  return made;
}

/**
 * Holds a lock that the operating system releases when its process dies, so that there is nothing stale to detect:
 * an exclusive transaction on a database file of its own. Node has no other lock of that kind.
 */
async function lock(
  path: string,
  { onProgress, signal }: Pick<InstallOnceOptions<unknown>, "onProgress" | "signal">,
): Promise<Disposable> {
  for (let attempt = 0; ; attempt++) {
    const database = new DatabaseSync(path);
    try {
      database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
      return { [Symbol.dispose]: () => database.close() };
    } catch (error) {
      database.close();
      if (!isBusy(error)) throw error;
    }
    if (attempt === 0) onProgress({ step: "waiting for another process that installs it", fraction: null });
    await delay(POLL_MS, undefined, { signal });
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

/** Called under the lock: whoever made these is dead. */
async function removeLeftovers(directory: string, name: string): Promise<void> {
  for (const entry of await readdir(directory)) {
    if (entry.startsWith(`${name}.partial-`))
      await rm(join(directory, entry), { recursive: true, force: true });
  }
}
