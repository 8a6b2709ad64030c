import type { Compilable } from "kysely";
import type { Queries } from "./queries.ts";

/** What a column can hold (see schema.ts). */
export type SqlValue = string | number | null;

/** A write on its way to the database: plain data, so that it can cross to another thread. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
  /** Set where exactly one row must be touched: what to say where none was. */
  readonly staleMessage: string | null;
}

/** The file or server cannot be used as a store; the message tells the operator why and what to do. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}

/** What the store needs of a database; one adapter for SQLite, one for PostgreSQL. */
export interface Database {
  readonly queries: Queries;
  /** Sees every write that was answered before. */
  read<Row>(query: Compilable<Row>): Promise<readonly Row[]>;
  /** See `Store.generation`. */
  generation(): number | null;
  /**
   * Executes all statements in one durable transaction, or none. Throws StaleVersionError where a guarded statement
   * touched no row and DuplicateError where one broke a unique constraint.
   */
  write(statements: readonly Statement[]): Promise<void>;
  /** Throws a message for the operator where the database cannot read and write. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function statement(query: Compilable, staleMessage: string | null = null): Statement {
  const { sql, parameters } = query.compile();
  // The schema has text and integer columns only, so Kysely's types let nothing else through.
  return { sql, parameters: parameters as readonly SqlValue[], staleMessage };
}

/** The only row of a query by a unique key, or null. */
export async function readOne<Row>(database: Database, query: Compilable<Row>): Promise<Row | null> {
  const [row] = await database.read(query);
  return row ?? null;
}

/** Values in one query: SQLite takes 32,766 parameters, and its planner likes fewer. */
const CHUNK = 500;

/** The rows of as many queries as it takes for a list of any length. */
export async function inChunks<Value, Row>(
  values: readonly Value[],
  read: (some: readonly Value[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < values.length; from += CHUNK)
    for (const row of await read(values.slice(from, from + CHUNK))) rows.push(row);
  return rows;
}
