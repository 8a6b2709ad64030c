import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Compilable } from "kysely";
import { DuplicateError, StaleVersionError } from "../../src/core/ports/store.ts";
import type { Database, SqlValue, Statement } from "../../src/store/database.ts";
import { pendingMigrations } from "../../src/store/migrations/plan.ts";
import { queriesFor } from "../../src/store/queries.ts";
import { sqliteCodeOf } from "../../src/store/sqlite-connection.ts";

const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

/** The store's database in memory, on the caller's thread: the same statements, no disk, no other thread. */
export class MemoryDatabase implements Database {
  readonly queries = queriesFor("sqlite");
  readonly #db = new DatabaseSync(":memory:", { enableForeignKeyConstraints: true });
  readonly #prepared = new Map<string, StatementSync>();

  constructor() {
    for (const { statements } of pendingMigrations("sqlite", "memory", [])) {
      for (const text of statements) this.#db.exec(text);
    }
  }

  async read<Row>(query: Compilable<Row>): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile();
    // As in the store's own adapter: columns hold text and integers, and the query's type names them.
    return this.all(sql, parameters as readonly SqlValue[]) as Row[];
  }

  /** Rows as the database has them, for checks. */
  all(sql: string, parameters: readonly SqlValue[] = []): unknown[] {
    return this.#prepare(sql).all(...parameters);
  }

  generation(): null {
    return null;
  }

  async write(statements: readonly Statement[]): Promise<void> {
    this.#db.exec("begin");
    try {
      for (const { sql, parameters, staleMessage } of statements) {
        const { changes } = this.#prepare(sql).run(...parameters);
        if (staleMessage !== null && Number(changes) !== 1) throw new StaleVersionError(staleMessage);
      }
      this.#db.exec("commit");
    } catch (error) {
      this.#db.exec("rollback");
      const code = sqliteCodeOf(error);
      if (code === SQLITE_CONSTRAINT_PRIMARYKEY || code === SQLITE_CONSTRAINT_UNIQUE)
        throw new DuplicateError(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async ping(): Promise<void> {
    this.all("select 1");
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #prepare(sql: string): StatementSync {
    let prepared = this.#prepared.get(sql);
    if (prepared === undefined) {
      prepared = this.#db.prepare(sql);
      this.#prepared.set(sql, prepared);
    }
    return prepared;
  }
}
