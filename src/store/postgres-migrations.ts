import type { Pool, PoolClient } from "pg";
import { migrationTable, pendingMigrations } from "./migrations/plan.ts";

/** Any number that no other program on the database locks: "fire" in ASCII. */
const MIGRATION_LOCK = 0x66697265;

/** Brings the database to the newest migration; servers that start together take turns. */
export async function migratePostgres(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(migrationTable("postgres"));
    await applyPending(client);
    await client.query("commit");
    client.release();
  } catch (error) {
    // Closing the connection rolls back.
    client.release(true);
    throw error;
  }
}

async function applyPending(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ number: number }>("select number from firesteel_migrations");
  const recorded = rows.map(({ number }) => number);
  for (const { number, name, statements } of pendingMigrations("postgres", "The database", recorded)) {
    for (const statement of statements) await client.query(statement);
    await client.query("insert into firesteel_migrations (number, name, applied_at_ms) values ($1, $2, $3)", [
      number,
      name,
      Date.now(),
    ]);
  }
}
