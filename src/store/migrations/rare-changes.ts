/**
 * The tables that every run writes. All others change rarely, and triggers count that in SQLite (`rare_changes`), so that a
 * look-up of them is still known while runs come and go, whichever process has changed something.
 */
export const TABLES_OF_RUNS = [
  "job_runs",
  "applications",
  "client_tokens",
  "effects",
  "events",
  "event_counters",
  "log_deliveries",
] as const;

/**
 * The triggers that a table needs which is not one of those of runs.
 *
 * @param whenUpdated for a table of which rows are also written as they are
 */
export function countsChangesOf(table: string, whenUpdated = ""): readonly string[] {
  const trigger = (event: "insert" | "update" | "delete", when = "") =>
    `create trigger ${table}_${event}_counts after ${event} on ${table} ${when}
      begin update rare_changes set number = number + 1; end`;
  return [trigger("insert"), trigger("update", whenUpdated), trigger("delete")];
}
