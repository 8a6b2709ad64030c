import { DatabaseSync } from "node:sqlite";

/** Ids of the applications that a SQLite file, of whatever migration, knows as launched and not ended. */
export function liveApplicationsOf(file: string): string[] {
  const database = new DatabaseSync(file);
  try {
    const rows = database
      .prepare("select id from applications where state in ('launching', 'running')")
      .all();
    return rows.map(({ id }) => String(id));
  } finally {
    database.close();
  }
}
