import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { SqlValue } from "./database.ts";

/** How long a statement waits for another process (the CLI beside the server) before it fails as busy. */
const BUSY_TIMEOUT_MS = 10_000;
/** The write-ahead log is cut back to this after a burst. */
const WAL_LIMIT_BYTES = 64 * 1024 * 1024;

/** More than the store's own statements; filters of lists have as many shapes as their callers can think of. */
const MOST_PREPARED = 1_000;

/** One connection to a SQLite file, which keeps the statements that it has prepared. */
export class SqliteConnection {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(file: string, options: { readonly readOnly: boolean }) {
    this.#db = new DatabaseSync(file, {
      readOnly: options.readOnly,
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      defensive: true,
    });
    if (!options.readOnly) this.#setUpForWriting(file);
  }

  get inTransaction(): boolean {
    return this.#db.isTransaction;
  }

  /** How many statements are kept. */
  get prepared(): number {
    return this.#prepared.size;
  }

  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return Number(this.#prepare(sql).run(...parameters).changes);
  }

  all(sql: string, parameters: readonly SqlValue[] = []): unknown[] {
    return this.#prepare(sql).all(...parameters);
  }

  /** Another number after each commit of another connection (https://sqlite.org/pragma.html#pragma_data_version). */
  dataVersion(): unknown {
    return this.#prepare("pragma data_version").get()?.data_version;
  }

  /** Another number after each commit that has changed anything but runs, whoever made it. */
  rareChanges(): unknown {
    return this.#prepare("select number from rare_changes").get()?.number;
  }

  close(): void {
    this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      prepared = this.#db.prepare(sql);
      this.#prepared.set(sql, prepared);
      // What is still in use is prepared anew.
      const [oldest] = this.#prepared.keys();
      if (this.#prepared.size > MOST_PREPARED && oldest !== undefined) this.#prepared.delete(oldest);
    }
    return prepared;
  }

  #setUpForWriting(file: string): void {
    const mode = this.#db.prepare("pragma journal_mode = wal").get()?.journal_mode;
    if (mode !== "wal") {
      this.#db.close();
      throw new Error(`no write-ahead log can be kept beside ${file} (is it on a network file system?)`);
    }
    this.#db.exec("pragma synchronous = full");
    // Without it, macOS answers an fsync before the disk has the bytes; elsewhere it changes nothing.
    this.#db.exec("pragma fullfsync = on");
    // What a savepoint would bring back: otherwise a file is made, written and removed for each group of commits.
    this.#db.exec("pragma temp_store = memory");
    this.#db.exec(`pragma journal_size_limit = ${WAL_LIMIT_BYTES}`);
  }
}

/** SQLite's extended result code (https://sqlite.org/rescode.html), or null for an error that is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode : null;
}
