import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StoreOpenError } from "./database.ts";
import { migrationTable, pendingMigrations } from "./migrations/plan.ts";
import { SqliteConnection, sqliteCodeOf } from "./sqlite-connection.ts";
import { backUpBeforeUpgrade } from "./upgrade-backup.ts";

/**
 * Makes the file where it is missing (0600, its directory 0700) and brings it to the newest migration; what an older
 * Firesteel has made is copied to `backups/` first.
 * Throws {@link StoreOpenError} where it is not a database of ours, is damaged, or comes from a newer Firesteel.
 */
export async function prepareSqliteFile(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // SQLite gives its log and shared-memory files the mode of the database.
    await (await open(file, "a", 0o600)).close();
    await migrate(file);
  } catch (error) {
    throw openError(file, error);
  }
}

async function migrate(file: string): Promise<void> {
  const connection = new SqliteConnection(file, { readOnly: false });
  try {
    const pending = () => pendingMigrations("sqlite", file, recordedNumbers(connection, file));
    // A look before the lock: the CLI opens the file of a busy server without waiting for it.
    if (pending().length === 0) return;
    connection.run("begin immediate");
    const newest = pending().at(-1);
    // Under the lock, so that no commit comes between the copy and the change; readers see what was before.
    if (newest !== undefined && recordedNumbers(connection, file).length > 0)
      await backUpBeforeUpgrade(file, newest.number, Date.now());
    connection.run(migrationTable("sqlite"));
    for (const { number, name, statements } of pending()) {
      for (const statement of statements) connection.run(statement);
      connection.run("insert into firesteel_migrations (number, name, applied_at_ms) values (?, ?, ?)", [
        number,
        name,
        Date.now(),
      ]);
    }
    connection.run("commit");
  } finally {
    // Rolls back what was not committed.
    connection.close();
  }
}

function recordedNumbers(connection: SqliteConnection, file: string): number[] {
  const tables = columnOf(connection.all("select name from sqlite_schema where type = 'table'"), "name");
  if (tables.includes("firesteel_migrations")) {
    return columnOf(connection.all("select number from firesteel_migrations"), "number").map(Number);
  }
  if (tables.length > 0) throw notOurs(file, "it is a SQLite database with other tables");
  return [];
}

function columnOf(rows: readonly unknown[], column: string): unknown[] {
  // node:sqlite answers each row as an object with the selected columns.
  return rows.map((row) => (row as Record<string, unknown>)[column]);
}

function notOurs(file: string, reason: string, cause?: unknown): StoreOpenError {
  return new StoreOpenError(
    `${file} is not a database of Firesteel (${reason}). Move it away, or choose another data directory.`,
    { cause },
  );
}

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

function openError(file: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const code = sqliteCodeOf(error);
  // The low byte is the primary code: https://sqlite.org/rescode.html
  const primary = code === null ? null : code & 0xff;
  if (primary === SQLITE_NOTADB) return notOurs(file, "it does not start as a SQLite file does", error);
  if (primary === SQLITE_CORRUPT) {
    return new StoreOpenError(
      `${file} is damaged. Restore a backup with 'firesteel backup restore FILE --replace'; copies from before upgrades ` +
        `are in ${join(dirname(file), "backups")}.`,
      { cause: error },
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreOpenError(
    `${file} cannot be opened: ${reason}. Check that its directory belongs to this user, can be written, and that the disk has room.`,
    { cause: error },
  );
}
