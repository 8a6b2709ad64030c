import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Layout of a data directory (DESIGN 10). */
export function dataPaths(directory: string) {
  return {
    database: join(directory, "firesteel.db"),
    keyFile: join(directory, "keys", "at-rest.key"),
    buckets: join(directory, "buckets"),
    runs: join(directory, "runs"),
    logs: join(directory, "logs"),
    audit: join(directory, "audit"),
    adminEnv: join(directory, "admin.env"),
    serverRecord: join(directory, "server.json"),
    nodeId: join(directory, "node-id"),
    lock: join(directory, "server.lock"),
  } as const;
}

/** A held data directory: no other server uses it until it is released or this process is gone. */
export interface HeldDirectory {
  release(): void;
}

/**
 * Takes a data directory for this server, making it (0700) on first use. The lock is SQLite's own lock on a file,
 * which the operating system takes back whatever way the process ends. Throws where another server has it.
 */
export async function holdDataDirectory(directory: string): Promise<HeldDirectory> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(dataPaths(directory).lock);
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new Error(
      `Another server uses ${directory}: stop it with 'firesteel stop', or name another --data-dir.`,
      { cause },
    );
  }
  return { release: () => lock.close() };
}

/** The name under which this data directory's server owns applications; made once. */
export async function nodeIdOf(directory: string): Promise<string> {
  const { nodeId } = dataPaths(directory);
  const known = await readFile(nodeId, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (known !== null && known.trim() !== "") return known.trim();
  const made = randomUUID();
  await writePrivateFile(nodeId, `${made}\n`);
  return made;
}

/** Replaces a file as a whole, readable by its owner only. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const partial = `${path}.partial`;
  await rm(partial, { force: true });
  const handle = await open(partial, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(partial, 0o600);
  await rename(partial, path);
}

export function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
