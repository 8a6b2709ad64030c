import type { Compilable } from "kysely";
import { DatabaseError, Pool, types } from "pg";
import { DomainError } from "../core/errors.ts";
import { DuplicateError, StaleVersionError, type Store } from "../core/ports/store.ts";
import { type Database, type Statement, StoreOpenError } from "./database.ts";
import { migratePostgres } from "./postgres-migrations.ts";
import { runGuarded } from "./postgres-transaction.ts";
import { queriesFor } from "./queries.ts";
import { storeOn } from "./store.ts";

const POOL_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens the store in a PostgreSQL database and brings it up to date; several servers may do so at once.
 * Throws StoreOpenError with what the operator can do.
 */
export async function openPostgresStore(options: { readonly connectionString: string }): Promise<Store> {
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: "firesteel",
    max: POOL_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      // Every integer of the schema is a bigint, which pg answers as text lest it exceed 2^53; ours never do.
      getTypeParser: (oid, format) =>
        oid === types.builtins.INT8
          ? Number
          : types.getTypeParser(oid, format === "binary" ? "binary" : "text"),
    },
  });
  // An idle connection that breaks is dropped by the pool; the next query makes a new one or fails with the reason.
  pool.on("error", () => {});
  // One that is in use tells it twice: to the query, which fails with the reason, and here, where Node would end the
  // server if nobody listened (https://node-postgres.com/apis/client#error).
  pool.on("connect", (client) => client.on("error", () => {}));
  try {
    await migratePostgres(pool);
  } catch (error) {
    await pool.end();
    throw openError(error);
  }
  return storeOn(new PostgresDatabase(pool));
}

class PostgresDatabase implements Database {
  readonly queries = queriesFor("postgres");
  readonly #pool: Pool;
  readonly #writing = new Set<Promise<void>>();
  #closed: Promise<void> | null = null;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async read<Row>(query: Compilable<Row>): Promise<readonly Row[]> {
    const { sql, parameters } = query.compile();
    // The query's type says which columns a row has.
    return (await answered(this.#pool.query(sql, [...parameters]))).rows as Row[];
  }

  async write(statements: readonly Statement[]): Promise<void> {
    if (this.#closed !== null) throw new Error("the store is closed");
    const writing = answered(runGuarded(this.#pool, statements));
    this.#writing.add(writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(writing);
    }
  }

  generation(): null {
    return null;
  }

  async ping(): Promise<void> {
    try {
      await this.#pool.query("select 1");
    } catch (error) {
      throw new Error(`PostgreSQL does not answer: ${messageOf(error)}`, { cause: error });
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Finishes what was given before: a pool that ends forgets those who wait for a connection. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#writing);
    await this.#pool.end();
  }
}

/** Tells a database that is away, whose statement may succeed later, from a statement that it refuses. */
async function answered<Answer>(statement: Promise<Answer>): Promise<Answer> {
  try {
    return await statement;
  } catch (error) {
    if (!isAway(error)) throw error;
    const message = `PostgreSQL cannot be used at the moment: ${messageOf(error)}.`;
    throw new DomainError("unavailable", message, { cause: error });
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const AWAY = /^(08|53|57P0|58|25006)/;

function isAway(error: unknown): boolean {
  if (error instanceof StaleVersionError || error instanceof DuplicateError) return false;
  // Whatever PostgreSQL did not say itself came from the connection.
  return !(error instanceof DatabaseError) || AWAY.test(error.code ?? "");
}

function openError(error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  return new StoreOpenError(
    `The PostgreSQL database cannot be used: ${messageOf(error)}. Check the connection string, that the server runs, ` +
      "and that its user may create tables.",
    { cause: error },
  );
}

function messageOf(error: unknown): string {
  // A refused connection to a name with several addresses comes as an AggregateError without a message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
