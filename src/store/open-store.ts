import type { Store } from "../core/ports/store.ts";

export interface StoreLocation {
  /** PostgreSQL's connection string; empty for SQLite. */
  readonly databaseUrl: string;
  /** The SQLite file, made where it is missing. */
  readonly file: string;
}

/**
 * Opens the store that the settings name, at the newest migration. Only the adapter in use is loaded: `pg` and what it
 * brings would cost every server on SQLite its memory. Throws StoreOpenError with what the operator can do.
 */
export async function openStore({ databaseUrl, file }: StoreLocation): Promise<Store> {
  if (databaseUrl === "") {
    const { openSqliteStore } = await import("./sqlite-store.ts");
    return openSqliteStore({ file });
  }
  const { openPostgresStore } = await import("./postgres-store.ts");
  return openPostgresStore({ connectionString: databaseUrl });
}
