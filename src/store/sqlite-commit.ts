import type { Statement } from "./database.ts";
import { type SqliteConnection, sqliteCodeOf } from "./sqlite-connection.ts";

/** How one batch ended; plain data, so that it can cross to another thread. */
export type Outcome = { readonly kind: "committed" } | FailedOutcome;

export interface FailedOutcome {
  /** `unavailable`: nothing is wrong with the batch, and it may succeed later. */
  readonly kind: "stale" | "duplicate" | "unavailable" | "failed";
  readonly message: string;
}

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
 * Commits many batches with one fsync; one that fails leaves nothing and harms no other. The outcomes are in the order
 * of the batches. Hardly ever does one fail, and what a savepoint would bring back costs much of a commit: so all are
 * tried together first.
 */
export function commitGroup(
  connection: SqliteConnection,
  batches: readonly (readonly Statement[])[],
): readonly Outcome[] {
  const together = transaction(connection, () => {
    for (const batch of batches) {
      const outcome = applyBatch(connection, batch);
      if (outcome !== COMMITTED) throw new BatchFailed(outcome);
    }
    return batches.map(() => COMMITTED);
  });
  if (together.kind === "committed") return together.outcomes;
  if (batches.length === 1 || !together.isOfBatch) return batches.map(() => together.outcome);
  const apart = transaction(connection, () => batches.map((batch) => applyApart(connection, batch)));
  return apart.kind === "committed" ? apart.outcomes : batches.map(() => apart.outcome);
}

/** Ends a transaction of which a batch has failed, so that nothing of it is stored. */
class BatchFailed extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

type Transaction =
  | { readonly kind: "committed"; readonly outcomes: readonly Outcome[] }
  /** Nothing of it is stored. */
  | { readonly kind: "failed"; readonly outcome: Outcome; readonly isOfBatch: boolean };

function transaction(connection: SqliteConnection, work: () => readonly Outcome[]): Transaction {
  try {
    connection.run("begin immediate");
    const outcomes = work();
    connection.run("commit");
    return { kind: "committed", outcomes };
  } catch (error) {
    // A full disk or an I/O error ends SQLite's transaction by itself.
    if (connection.inTransaction) connection.run("rollback");
    const isOfBatch = error instanceof BatchFailed;
    return { kind: "failed", outcome: isOfBatch ? error.outcome : outcomeOf(error), isOfBatch };
  }
}

function applyApart(connection: SqliteConnection, batch: readonly Statement[]): Outcome {
  connection.run("savepoint batch");
  const outcome = applyBatch(connection, batch);
  if (outcome !== COMMITTED) connection.run("rollback to batch");
  connection.run("release batch");
  return outcome;
}

/** Throws what ended the whole transaction. */
function applyBatch(connection: SqliteConnection, batch: readonly Statement[]): Outcome {
  try {
    const stale = batch.find(({ sql, parameters, staleMessage }) => {
      const touched = connection.run(sql, parameters);
      return staleMessage !== null && touched !== 1;
    });
    return stale === undefined ? COMMITTED : { kind: "stale", message: stale.staleMessage ?? "" };
  } catch (error) {
    if (!connection.inTransaction) throw error;
    return outcomeOf(error);
  }
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
