import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { dataPaths, holdDataDirectory, writePrivateFile } from "../cloud/local/data-directory.ts";
import { readKeyFile } from "../cloud/local/key-file.ts";
import { addOlderKeys } from "../cloud/local/key-ring.ts";
import type { Clock } from "../core/ports/clock.ts";
import { readArchive } from "./archive-reader.ts";
import { handOver } from "./hand-over.ts";
import { ENTRIES, type Manifest, parseManifest } from "./manifest.ts";
import { openSealedKey } from "./sealed-key.ts";

export interface RestoreRequest {
  readonly file: string;
  readonly dataDir: string;
  /** Null where the archive's keys are to be left sealed. */
  readonly passphrase: string | null;
  /** Put database and keys back into the data directory that the backup is of, and leave the rest of it as it is. */
  readonly replace: boolean;
  readonly clock: Clock;
  /** Makes a copied run's directory one whose driver is elsewhere; false where the copy knows how it ended. */
  leaveBehind(runDirectory: string, atMs: number): Promise<boolean>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Runs whose drivers stayed behind: they have failed. */
  readonly runsLost: number;
  /** Where what was replaced is kept; null where nothing was. */
  readonly replaced: string | null;
}

/** Restores a backup. Nothing is there, or nothing is changed, unless all of it is good. Throws for the operator. */
export async function restoreBackup(request: RestoreRequest): Promise<Restored> {
  return request.replace ? restoreInPlace(request) : restoreElsewhere(request);
}

async function restoreElsewhere(request: RestoreRequest): Promise<Restored> {
  const { dataDir, clock } = request;
  if (((await readdir(dataDir).catch(ignoreMissing)) ?? []).length > 0) {
    throw new Error(
      `${dataDir} is not empty: name a new directory, or add --replace where the backup is of this directory`,
    );
  }
  await mkdir(dirname(dataDir), { recursive: true });
  const staging = `${dataDir}.restoring`;
  await rm(staging, { recursive: true, force: true });
  try {
    const manifest = await unpack(request, staging, () => true);
    let runsLost = 0;
    if (manifest.database === "sqlite") {
      // Another node: the drivers of the one that the backup is of are not this one's, even on the same machine.
      const node = randomUUID();
      runsLost = await handOver({
        file: dataPaths(staging).database,
        from: manifest.node,
        to: node,
        backupAt: manifest.createdAt,
        clock,
        leaveBehind: (tag) => request.leaveBehind(join(dataPaths(staging).runs, tag), clock.now()),
      });
      await writePrivateFile(dataPaths(staging).nodeId, `${node}\n`);
    }
    await rmdir(dataDir).catch(ignoreMissing);
    await rename(staging, dataDir);
    return { manifest, runsLost, replaced: null };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function restoreInPlace(request: RestoreRequest): Promise<Restored> {
  const { dataDir, clock } = request;
  const paths = dataPaths(dataDir);
  const held = await holdDataDirectory(dataDir);
  const staging = join(dataDir, ".restoring");
  try {
    await rm(staging, { recursive: true, force: true });
    const manifest = await unpack(request, staging, (path) => !path.includes("/"));
    const node = ((await readFile(paths.nodeId, "utf8").catch(ignoreMissing)) ?? "").trim();
    if (node !== manifest.node) {
      throw new Error(`the backup is of another data directory than ${dataDir}: restore it into a new one`);
    }
    const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
    const replaced = join(dataDir, "backups", `replaced-${stamp}`);
    await mkdir(replaced, { recursive: true, mode: 0o700 });
    const fresh = dataPaths(staging);
    // Each file is there under its name at every instant, the old one or the new one.
    if (manifest.keys === "sealed" && request.passphrase !== null)
      await bringKeys(fresh.keyFile, paths.keyFile, join(replaced, "at-rest.key"));
    if (manifest.database === "sqlite") {
      await link(paths.database, join(replaced, "firesteel.db")).catch(ignoreMissing);
      for (const suffix of ["-wal", "-shm"])
        await rename(paths.database + suffix, join(replaced, `firesteel.db${suffix}`)).catch(ignoreMissing);
      await rename(fresh.database, paths.database);
    }
    return { manifest, runsLost: 0, replaced };
  } finally {
    await rm(staging, { recursive: true, force: true });
    held.release();
  }
}

/** Adds the backup's keys to those that the present database needs until it is replaced; all stay. */
async function bringKeys(fresh: string, path: string, kept: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await link(path, kept).catch(ignoreMissing);
  if (holdsKeys(path)) await addOlderKeys(path, readKeyFile(fresh));
  else await rename(fresh, path);
}

/** A key file that is gone or damaged is a reason to restore one. */
function holdsKeys(path: string): boolean {
  try {
    return readKeyFile(path).length > 0;
  } catch {
    return false;
  }
}

/** Writes the archive's entries that are wanted below a directory, whole and checked. */
async function unpack(
  { file, passphrase }: RestoreRequest,
  directory: string,
  wanted: (path: string) => boolean,
): Promise<Manifest> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const paths = dataPaths(directory);
  let manifest: Manifest | null = null;
  try {
    for await (const { path, mode, body } of readArchive(file)) {
      if (path === ENTRIES.manifest) manifest = parseManifest(await textOf(body));
      else if (path === ENTRIES.keys) {
        const sealed = await textOf(body);
        if (passphrase !== null) {
          await mkdir(dirname(paths.keyFile), { recursive: true, mode: 0o700 });
          await writeFile(paths.keyFile, await openSealedKey(sealed, passphrase), { mode: 0o600 });
        }
      } else if (wanted(path)) {
        const target = join(directory, path);
        await mkdir(dirname(target), { recursive: true, mode: path.startsWith("buckets/") ? 0o755 : 0o700 });
        await pipeline(body, createWriteStream(target, { mode, flags: "wx", flush: true }));
      } else for await (const _skipped of body);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file} cannot be restored: ${reason}.`, { cause: error });
  }
  if (manifest === null) throw new Error(`${file} cannot be restored: it has no manifest.`);
  return manifest;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString("utf8");
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
