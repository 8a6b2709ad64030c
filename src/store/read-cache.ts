import type { SqlValue } from "./database.ts";
import { TABLES_OF_RUNS } from "./migrations/rare-changes.ts";

/** More rows than a look-up by a key has; pages of lists are not kept. */
const FEW_ROWS = 8;
/** Of what is kept of runs, and of all else, in characters. */
const LIMIT_CHARACTERS = 2_000_000;

/** Text of a query that reads a table of runs, among quoted names. */
const OF_RUNS = new RegExp(TABLES_OF_RUNS.map((table) => `"${table}"`).join("|"));

type Rows = readonly unknown[];

export interface ReadCacheOptions {
  /** Another one after each commit, whoever made it. */
  readonly version: () => unknown;
  /** Another one after each commit that has changed anything but runs. */
  readonly rareChanges: () => unknown;
  readonly all: (sql: string, parameters: readonly SqlValue[]) => readonly unknown[];
}

/**
 * Answers of look-ups, kept until anything is committed that may change them: the key, the caller, its groups and the
 * cluster are the same from one request to the next, whatever runs do meanwhile. The database is asked for its version
 * once a turn of the event loop, after each query and after each commit of our own writer: what this server has answered to
 * be stored is seen at once, what another process stored in the turn that follows. No answer is older than one before it.
 */
export class ReadCache {
  readonly #options: ReadCacheOptions;
  /** Of queries that read tables of runs. */
  readonly #ofRuns = new KeptRows();
  readonly #others = new KeptRows();
  #version: unknown = null;
  #rareChanges: unknown = null;
  #generation = 0;
  #isFresh = false;

  constructor(options: ReadCacheOptions) {
    this.#options = options;
  }

  read(sql: string, parameters: readonly SqlValue[]): Rows {
    this.#refresh();
    const key = JSON.stringify(parameters);
    const kept = this.#others.find(sql, key) ?? this.#ofRuns.find(sql, key);
    if (kept !== undefined) return kept;
    const rows = this.#options.all(sql, parameters);
    // They may be of a commit that nobody here has heard of yet, and whoever has seen it must not be answered from before.
    this.expire();
    if (rows.length <= FEW_ROWS) (OF_RUNS.test(sql) ? this.#ofRuns : this.#others).keep(sql, key, rows);
    return rows;
  }

  /** Another number after each commit that has changed anything but runs: what was read of that before is still so. */
  generation(): number {
    this.#refresh();
    return this.#generation;
  }

  /** Something was committed, or may have been. */
  expire(): void {
    this.#isFresh = false;
  }

  #refresh(): void {
    if (this.#isFresh) return;
    const { version, rareChanges } = this.#options;
    const nowVersion = version();
    if (nowVersion !== this.#version) {
      this.#version = nowVersion;
      this.#ofRuns.clear();
      const nowRare = rareChanges();
      if (nowRare !== this.#rareChanges) {
        this.#rareChanges = nowRare;
        this.#others.clear();
        this.#generation += 1;
      }
    }
    this.#isFresh = true;
    setImmediate(() => this.expire());
  }
}

/** Rows by a query's text and its parameters. */
class KeptRows {
  readonly #answers = new Map<string, Map<string, Rows>>();
  #characters = 0;

  find(sql: string, key: string): Rows | undefined {
    return this.#answers.get(sql)?.get(key);
  }

  keep(sql: string, key: string, rows: Rows): void {
    const ofSql = this.#answers.has(sql) ? 0 : sql.length;
    const characters = ofSql + key.length + rows.reduce<number>((sum, row) => sum + charactersOf(row), 0);
    if (characters > LIMIT_CHARACTERS) return;
    if (this.#characters + characters > LIMIT_CHARACTERS) this.clear();
    this.#characters += characters;
    const answers = this.#answers.get(sql);
    if (answers === undefined) this.#answers.set(sql, new Map([[key, rows]]));
    else answers.set(key, rows);
  }

  clear(): void {
    this.#answers.clear();
    this.#characters = 0;
  }
}

/** About what a row takes; its values are texts, numbers and nulls. */
function charactersOf(row: unknown): number {
  let characters = 100;
  for (const value of Object.values(row ?? {})) if (typeof value === "string") characters += value.length;
  return characters;
}
