import type { Statement } from "./database.ts";
import { type SqliteConnection, sqliteCodeOf } from "./sqlite-connection.ts";

/** How one batch ended; plain data, so that it can cross to another thread. */
export type Outcome =
  | { readonly kind: "committed" }
  /** `unavailable`: nothing is wrong with the batch, and it may succeed later. */
  | { readonly kind: "stale" | "duplicate" | "unavailable" | "failed"; readonly message: string };

const COMMITTED: Outcome = { kind: "committed" };
const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;
/** Primary codes that tell of the disk or of other processes (https://sqlite.org/rescode.html). */
const UNAVAILABLE: ReadonlySet<number> = new Set([
  3, // PERM
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
]);

/**
 * Commits many batches with one fsync. Each has a savepoint of its own, so that one that fails leaves nothing and
 * harms no other. The outcomes are in the order of the batches.
 */
export function commitGroup(
  connection: SqliteConnection,
  batches: readonly (readonly Statement[])[],
): readonly Outcome[] {
  try {
    connection.run("begin immediate");
    const outcomes = batches.map((batch) => applyBatch(connection, batch));
    connection.run("commit");
    return outcomes;
  } catch (error) {
    // A full disk or an I/O error ends SQLite's transaction by itself: then nothing of the group was stored.
    if (connection.inTransaction) connection.run("rollback");
    return batches.map(() => outcomeOf(error));
  }
}

function applyBatch(connection: SqliteConnection, batch: readonly Statement[]): Outcome {
  connection.run("savepoint batch");
  let outcome = COMMITTED;
  try {
    const stale = batch.find(({ sql, parameters, staleMessage }) => {
      const touched = connection.run(sql, parameters);
      return staleMessage !== null && touched !== 1;
    });
    if (stale !== undefined) outcome = { kind: "stale", message: stale.staleMessage ?? "" };
  } catch (error) {
    if (!connection.inTransaction) throw error;
    outcome = outcomeOf(error);
  }
  if (outcome !== COMMITTED) connection.run("rollback to batch");
  connection.run("release batch");
  return outcome;
}

function outcomeOf(error: unknown): Outcome {
  const code = sqliteCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === SQLITE_CONSTRAINT_PRIMARYKEY || code === SQLITE_CONSTRAINT_UNIQUE)
    return { kind: "duplicate", message };
  // What the row needs has gone, or what needs the row has come, since they were looked at.
  if (code === SQLITE_CONSTRAINT_FOREIGNKEY) return { kind: "stale", message };
  return { kind: code !== null && UNAVAILABLE.has(code & 0xff) ? "unavailable" : "failed", message };
}
