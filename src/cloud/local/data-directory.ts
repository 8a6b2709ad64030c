import { randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Layout of a data directory (DESIGN 10). */
export function dataPaths(directory: string) {
  return {
    database: join(directory, "firesteel.db"),
    keyFile: join(directory, "keys", "at-rest.key"),
    authority: join(directory, "tls", "authority.pem"),
    authorityKey: join(directory, "tls", "authority.key"),
    authorityBundle: join(directory, "tls", "ca-bundle.pem"),
    buckets: join(directory, "buckets"),
    runs: join(directory, "runs"),
    logs: join(directory, "logs"),
    audit: join(directory, "audit"),
    outbox: join(directory, "outbox"),
    adminEnv: join(directory, "admin.env"),
    adminEnvLock: join(directory, "keys", "admin.env.lock"),
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
  let lock: DatabaseSync | null = null;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(dataPaths(directory).lock);
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    if (isBusy(cause)) throw await otherServer(directory, cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${directory} cannot be used as a data directory: ${reason}. It must belong to this user, be writable, and have ` +
        "room on its disk; or name another --data-dir.",
      { cause },
    );
  }
  const held = lock;
  return { release: () => held.close() };
}

const SQLITE_BUSY = 5;

/** Whether SQLite found that another process has what it needs. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

async function otherServer(directory: string, cause: unknown): Promise<Error> {
  const record = await readFile(dataPaths(directory).serverRecord, "utf8").catch(() => "");
  // Written by a server; one that is just starting has none yet.
  const [, url] = /"url":"([^"]+)"/.exec(record) ?? [];
  const [, pid] = /"pid":(\d+)/.exec(record) ?? [];
  const which = url === undefined ? "Another server" : `The server at ${url} (pid ${pid})`;
  return new Error(`${which} uses ${directory}: stop it with 'firesteel stop', or name another --data-dir.`, {
    cause,
  });
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

/** Replaces a file as a whole, readable by its owner only; it is on the disk when this returns. */
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
  await syncDirectory(dirname(path));
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
