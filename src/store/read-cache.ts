import type { SqlValue } from "./database.ts";

/** More rows than a look-up by a key has; pages of lists are not kept. */
const FEW_ROWS = 8;
/** Of all that is kept, in characters. */
const LIMIT_CHARACTERS = 4_000_000;

type Rows = readonly unknown[];

/**
 * Answers of look-ups, kept until anything is committed: the token, the caller and its groups are the same from one
 * request to the next. The database is asked for its version once a turn of the event loop, and after each commit of
 * our own writer: what this server has answered to be stored is seen at once, what another process stored in the turn
 * that follows.
 */
export class ReadCache {
  readonly #version: () => unknown;
  readonly #execute: (sql: string, parameters: readonly SqlValue[]) => Rows;
  readonly #answers = new Map<string, Map<string, Rows>>();
  #characters = 0;
  #known: unknown = null;
  #generation = 0;
  #isFresh = false;

  /** @param version another one after each commit, whoever made it */
  constructor(
    version: () => unknown,
    execute: (sql: string, parameters: readonly SqlValue[]) => readonly unknown[],
  ) {
    this.#version = version;
    this.#execute = execute;
  }

  read(sql: string, parameters: readonly SqlValue[]): Rows {
    this.#refresh();
    const key = JSON.stringify(parameters);
    const answers = this.#answers.get(sql);
    const kept = answers?.get(key);
    if (kept !== undefined) return kept;
    const rows = this.#execute(sql, parameters);
    if (rows.length <= FEW_ROWS) this.#keep(sql, key, rows);
    return rows;
  }

  /** Another number after each commit, whoever made it: what was read while it was the same is still so. */
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
    const version = this.#version();
    if (version !== this.#known) {
      this.#forget();
      this.#generation += 1;
    }
    this.#known = version;
    this.#isFresh = true;
    setImmediate(() => this.expire());
  }

  #keep(sql: string, key: string, rows: Rows): void {
    const ofSql = this.#answers.has(sql) ? 0 : sql.length;
    const characters = ofSql + key.length + rows.reduce<number>((sum, row) => sum + charactersOf(row), 0);
    if (characters > LIMIT_CHARACTERS) return;
    if (this.#characters + characters > LIMIT_CHARACTERS) this.#forget();
    this.#characters += characters;
    const answers = this.#answers.get(sql);
    if (answers === undefined) this.#answers.set(sql, new Map([[key, rows]]));
    else answers.set(key, rows);
  }

  #forget(): void {
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
