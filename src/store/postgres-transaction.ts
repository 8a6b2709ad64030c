import { DatabaseError, type Pool, type PoolClient } from "pg";
import { DuplicateError, StaleVersionError } from "../core/ports/store.ts";
import type { Statement } from "./database.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const FOREIGN_KEY_VIOLATION = "23503";
const UNIQUE_VIOLATION = "23505";
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";
/** A transaction that PostgreSQL gave up in favour of another is begun again this often. */
const ATTEMPTS = 5;

/**
 * Runs the statements in one transaction. A guarded update waits for another one of its row and then finds the new
 * version (read committed), so no stale write gets through.
 */
export async function runGuarded(pool: Pool, statements: readonly Statement[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    try {
      await client.query("begin");
      await runAll(client, statements);
      await client.query("commit");
      client.release();
      return;
    } catch (error) {
      await rollBack(client);
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (code === UNIQUE_VIOLATION) throw new DuplicateError(messageOf(error), { cause: error });
      // What the row needs has gone, or what needs the row has come, since they were looked at.
      if (code === FOREIGN_KEY_VIOLATION) throw new StaleVersionError(messageOf(error), { cause: error });
      const yielded = code === DEADLOCK_DETECTED || code === SERIALIZATION_FAILURE;
      if (!yielded || attempt === ATTEMPTS) throw error;
    }
  }
}

async function runAll(client: PoolClient, statements: readonly Statement[]): Promise<void> {
  for (const { sql, parameters, staleMessage } of statements) {
    const { rowCount } = await client.query(sql, [...parameters]);
    if (staleMessage !== null && rowCount !== 1) throw new StaleVersionError(staleMessage);
  }
}

async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query("rollback");
    client.release();
  } catch {
    // The connection is gone, and the transaction with it; the caller learns the error that came first.
    client.release(true);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
