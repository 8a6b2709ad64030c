import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dataPaths, syncDirectory } from "../cloud/local/data-directory.ts";
import { liveApplicationsOf } from "../store/live-applications.ts";
import { copySqlite } from "../store/sqlite-copy.ts";
import { ArchiveWriter } from "./archive-writer.ts";
import { BACKUP_FORMAT, ENTRIES, type Included, type Manifest } from "./manifest.ts";
import { sealKey } from "./sealed-key.ts";

/** What of a run's directory is left out: scratch and work files, which a driver that is gone needs no more. */
const NOT_OF_A_RUN = new Set(["work", "tmp", "home"]);

export interface BackupRequest {
  readonly dataDir: string;
  /** The archive, or a directory to put it into. */
  readonly target: string;
  /** Null leaves the keys out. */
  readonly passphrase: string | null;
  readonly included: readonly Included[];
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly nowMs: number;
  /** Where the database is in PostgreSQL, which is not backed up here: tells its applications that are not ended. */
  readonly livePostgresApplications: (() => Promise<readonly string[]>) | null;
}

export interface MadeBackup {
  readonly file: string;
  readonly sizeBytes: number;
  readonly runsInFlight: number;
  readonly manifest: Manifest;
}

/**
 * Backs up a data directory into one file, also while its server runs. The file (0600) is there when it is whole and
 * on the disk. Throws with a message for the operator.
 */
export async function createBackup(request: BackupRequest): Promise<MadeBackup> {
  const file = await archivePath(request);
  const partial = `${file}.partial`;
  const copy = `${file}.database`;
  const paths = dataPaths(request.dataDir);
  const node = await readFile(paths.nodeId, "utf8").catch(() => {
    throw new Error(`${request.dataDir} holds no data directory: no server has ever run on it`);
  });
  const sqlite = request.livePostgresApplications === null;
  const target = await open(partial, "w", 0o600);
  try {
    const writer = new ArchiveWriter(target);
    const manifest: Manifest = {
      format: BACKUP_FORMAT,
      version: request.version,
      createdAt: new Date(request.nowMs).toISOString(),
      node: node.trim(),
      database: sqlite ? "sqlite" : "postgresql",
      keys: request.passphrase === null ? "none" : "sealed",
      included: request.included,
      settings: request.settings,
    };
    await writer.addText(ENTRIES.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
    await writer.addText(ENTRIES.node, node);
    // The database first: what it knows as running has its directory by then, and keeps it for as long as this takes;
    // and a key that a rotation adds meanwhile may already have encrypted what is copied.
    if (sqlite) await copyDatabase(paths.database, copy);
    if (request.passphrase !== null) {
      const keys = await readFile(paths.keyFile, "utf8");
      await writer.addText(ENTRIES.keys, await sealKey(keys, request.passphrase));
    }
    if (sqlite) await writer.addFile(ENTRIES.database, copy);
    const live = (await request.livePostgresApplications?.()) ?? liveApplicationsOf(copy);
    for (const tag of live)
      await addTree(writer, `${ENTRIES.runs}/${tag}`, join(paths.runs, tag), NOT_OF_A_RUN);
    for (const folder of request.included) await addTree(writer, folder, paths[folder]);
    await writer.finish();
    await target.sync();
    const { size } = await target.stat();
    await rename(partial, file);
    await syncDirectory(dirname(file));
    return { file, sizeBytes: size, runsInFlight: live.length, manifest };
  } finally {
    await target.close();
    for (const path of [partial, copy, `${copy}-wal`, `${copy}-shm`]) await rm(path, { force: true });
  }
}

async function copyDatabase(file: string, copy: string): Promise<void> {
  try {
    await copySqlite(file, copy);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${file} cannot be backed up: ${reason}`, { cause });
  }
}

async function archivePath({ target, nowMs }: BackupRequest): Promise<string> {
  const found = await stat(target).catch(() => null);
  if (found === null) return target;
  if (!found.isDirectory()) throw new Error(`${target} is there already: a backup is never written over`);
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  return join(target, `firesteel-backup-${stamp}.tar`);
}

/** Adds the regular files below a folder; what vanishes meanwhile is left out, and so are links. */
async function addTree(
  writer: ArchiveWriter,
  path: string,
  folder: string,
  except: ReadonlySet<string> = new Set(),
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return [];
    throw error;
  });
  for (const entry of entries) {
    if (except.has(entry.name)) continue;
    const below = join(folder, entry.name);
    if (entry.isDirectory()) await addTree(writer, `${path}/${entry.name}`, below);
    else if (entry.isFile()) await writer.addFile(`${path}/${entry.name}`, below);
  }
}
