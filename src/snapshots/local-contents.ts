import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { dataPaths, removeFile, writePrivateFile } from "../cloud/local/data-directory.ts";
import { DomainError, notFound } from "../core/errors.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Contents, Replacement, Snapshot } from "../core/ports/contents.ts";
import { replaceRows, schemaOf } from "../store/sqlite-contents.ts";
import { copySqlite } from "../store/sqlite-copy.ts";
import { copyTree } from "./copy-tree.ts";

/** What a data directory and a snapshot hold beside the database. */
const FOLDERS = ["buckets", "logs", "runs", "outbox"] as const;
/** Of a run that has ended: scratch and work files, which nobody asks for any more. */
const NOT_OF_A_RUN: ReadonlySet<string> = new Set(["work", "tmp", "home"]);
const SUMMARY = "snapshot.json";
const DATABASE = "firesteel.db";

/** The contents of a data directory whose database is SQLite; snapshots are folders in it. */
export class LocalContents implements Contents {
  readonly #dataDir: string;
  readonly #clock: Clock;

  constructor(dataDir: string, clock: Clock) {
    this.#dataDir = dataDir;
    this.#clock = clock;
  }

  async begin(replacement: Replacement): Promise<void> {
    const { incoming, outgoing, begun } = this.#workPaths();
    for (const left of [incoming, outgoing]) await rm(left, { recursive: true, force: true });
    if (replacement.kind === "restore") {
      const snapshot = await this.#existing(replacement.snapshot);
      if (schemaOf(join(snapshot, DATABASE)) !== schemaOf(dataPaths(this.#dataDir).database)) {
        throw new DomainError(
          "conflict",
          `Snapshot ${replacement.snapshot} was saved by another version of Firesteel: save it anew.`,
        );
      }
      try {
        for (const folder of FOLDERS) await copyTree(join(snapshot, folder), join(incoming, folder));
      } catch (error) {
        // A full disk, above all: half a copy would keep it full.
        await rm(incoming, { recursive: true, force: true });
        throw error;
      }
    }
    await writePrivateFile(begun, `${JSON.stringify(replacement)}\n`);
  }

  async begun(): Promise<Replacement | null> {
    const text = await readFile(this.#workPaths().begun, "utf8").catch(ignoreMissing);
    // Written as a whole, by this class.
    return text === undefined ? null : (JSON.parse(text) as Replacement);
  }

  async finish(replacement: Replacement): Promise<void> {
    const paths = dataPaths(this.#dataDir);
    const { incoming, outgoing, begun } = this.#workPaths();
    const snapshot = replacement.kind === "reset" ? null : this.#folderOf(replacement.snapshot);
    replaceRows(paths.database, snapshot === null ? null : join(snapshot, DATABASE));
    await mkdir(outgoing, { recursive: true, mode: 0o700 });
    for (const folder of FOLDERS) {
      await rename(paths[folder], join(outgoing, folder)).catch(ignoreMissing);
      await rename(join(incoming, folder), paths[folder]).catch(ignoreMissing);
    }
    // Both are there while a server runs, with the modes that it gives them.
    await mkdir(paths.buckets, { recursive: true, mode: 0o755 });
    await mkdir(paths.runs, { recursive: true, mode: 0o700 });
    await removeFile(begun);
    for (const left of [incoming, outgoing]) await rm(left, { recursive: true, force: true, maxRetries: 5 });
  }

  async abandon(): Promise<void> {
    const { incoming, outgoing, begun } = this.#workPaths();
    const paths = dataPaths(this.#dataDir);
    for (const folder of FOLDERS) {
      if (!existsSync(paths[folder]))
        await rename(join(outgoing, folder), paths[folder]).catch(ignoreMissing);
    }
    await removeFile(begun);
    await rm(incoming, { recursive: true, force: true });
  }

  async save(name: string): Promise<Snapshot> {
    const folder = this.#folderOf(name);
    const paths = dataPaths(this.#dataDir);
    if (existsSync(folder)) throw nameTaken(name);
    await mkdir(this.#snapshots, { recursive: true, mode: 0o700 });
    const partial = join(this.#snapshots, ".partial");
    // Of a server that was killed.
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { mode: 0o700 });
    try {
      await copySqlite(paths.database, join(partial, DATABASE));
      const summary = { files: 1, bytes: (await stat(join(partial, DATABASE))).size };
      for (const each of FOLDERS) {
        const leavesOut = (path: readonly string[]) =>
          each === "runs" && (isHidden(path) || (path.length === 2 && NOT_OF_A_RUN.has(path[1] ?? "")));
        const copied = await copyTree(paths[each], join(partial, each), leavesOut);
        summary.files += copied.files;
        summary.bytes += copied.bytes;
      }
      const saved = { createdAtMs: this.#clock.now(), ...summary };
      await writeFile(join(partial, SUMMARY), `${JSON.stringify(saved)}\n`, { mode: 0o600 });
      await rename(partial, folder);
      return { name, ...saved };
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }

  async snapshots(): Promise<readonly Snapshot[]> {
    const names = ((await readdir(this.#snapshots).catch(ignoreMissing)) ?? []).filter(
      (name) => !name.startsWith("."),
    );
    return Promise.all(
      names.sort().map(async (name) => {
        const text = await readFile(join(this.#snapshots, name, SUMMARY), "utf8");
        // Written by `save` before the folder had its name.
        return { name, ...(JSON.parse(text) as Omit<Snapshot, "name">) };
      }),
    );
  }

  async remove(name: string): Promise<void> {
    const folder = await this.#existing(name);
    // Under another name first: half a snapshot is none.
    const leaving = join(this.#snapshots, `.removing-${basename(folder)}`);
    await rm(leaving, { recursive: true, force: true });
    await rename(folder, leaving);
    await rm(leaving, { recursive: true, force: true });
  }

  get #snapshots(): string {
    return join(this.#dataDir, "snapshots");
  }

  #workPaths() {
    return {
      begun: join(this.#dataDir, "replacing.json"),
      incoming: join(this.#dataDir, ".incoming"),
      outgoing: join(this.#dataDir, ".outgoing"),
    };
  }

  #folderOf(name: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
      throw new DomainError(
        "invalid",
        `'${name}' cannot name a snapshot: 1 to 64 letters, digits, dots, dashes and underscores can, the first a letter or digit.`,
      );
    }
    return join(this.#snapshots, name);
  }

  async #existing(name: string): Promise<string> {
    const folder = this.#folderOf(name);
    if (existsSync(folder)) return folder;
    const known = (await this.snapshots()).map((snapshot) => snapshot.name);
    const which = known.length === 0 ? "There is none." : `There is ${known.join(", ")}.`;
    throw notFound(`No snapshot is named ${name}. ${which}`);
  }
}

/** Directories on their way out, which the engine finishes or forgets. */
function isHidden([name = ""]: readonly string[]): boolean {
  return name.startsWith(".");
}

function nameTaken(name: string): DomainError {
  return new DomainError(
    "conflict",
    `A snapshot is named ${name} already: delete it first, or take another name.`,
  );
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
