import { DatabaseSync } from "node:sqlite";
import type { Schema } from "./schema.ts";

type Database = "main" | "other";

/**
 * What becomes of each table: its rows are replaced, or kept where they say who may call and what was given already.
 * Of those that have both, the condition is that of the rows that are kept.
 */
const TABLES: Record<keyof Schema, "replaced" | "kept" | { keptWhere(database: Database): string }> = {
  virtual_clusters: "replaced",
  job_runs: "replaced",
  applications: "replaced",
  client_tokens: "replaced",
  buckets: "replaced",
  effects: "replaced",
  events: "replaced",
  log_deliveries: "replaced",
  outgoing_mails: "replaced",
  workspace_assignments: "replaced",
  workspace_grants: "replaced",
  account_objects: { keptWhere: () => "kind = 'account'" },
  account_object_claims: { keptWhere: isOfAnAccount },
  account_object_needs: { keptWhere: isOfAnAccount },
  settings: { keptWhere: (database) => `owner_id in (${accounts(database)})` },
  // Groups of a workspace go with it.
  principals: { keptWhere: () => "workspace_id is null" },
  group_members: {
    keptWhere: (database) => `group_id in (select id from ${database}.principals where workspace_id is null)`,
  },
  access_keys: "kept",
  passwords: "kept",
  personal_access_tokens: "kept",
  service_principal_secrets: "kept",
  signing_keys: "kept",
  // Of workspaces that are no more among them: see below.
  authorization_codes: "kept",
  oauth_grants: "kept",
  refresh_tokens: "kept",
  browser_sessions: "kept",
  federation_policies: "kept",
  event_counters: "kept",
  firesteel_migrations: "kept",
  rare_changes: "kept",
};
const BUSY_TIMEOUT_MS = 10_000;

function isOfAnAccount(database: Database): string {
  return `object_id in (${accounts(database)})`;
}

function accounts(database: Database): string {
  return `select id from ${database}.account_objects where kind = 'account'`;
}

/** What goes with rows that are there no more. */
const AFTERWARDS = [
  ["personal_access_tokens", "workspace_id", "account_objects"],
  ["authorization_codes", "workspace_id", "account_objects"],
  ["oauth_grants", "workspace_id", "account_objects"],
  ["authorization_codes", "integration_id", "account_objects"],
  ["oauth_grants", "integration_id", "account_objects"],
  ["refresh_tokens", "grant_id", "oauth_grants"],
  ["workspace_assignments", "principal_id", "principals"],
  ["workspace_grants", "principal_id", "principals"],
  ["group_members", "group_id", "principals"],
  ["group_members", "member_id", "principals"],
].map(
  ([table, column, other]) =>
    `delete from main.${table} where ${column} not in (select id from main.${other})`,
);
/** What must not be given twice. */
const COUNTERS = `insert into main.event_counters (account, last_cursor)
  select account, last_cursor from other.event_counters where true
  on conflict (account) do update set last_cursor = max(last_cursor, excluded.last_cursor)`;

/** The schema that a SQLite file of ours has: the number of its newest migration. */
export function schemaOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return schemaNumber(database, "main");
  } finally {
    database.close();
  }
}

/**
 * Replaces the rows of a database by those of another file of the same schema, or by none, in one durable transaction;
 * who may call stays as it is. The caller sees to it that nobody commits meanwhile what is not to be lost.
 */
export function replaceRows(file: string, from: string | null): void {
  const database = new DatabaseSync(file, {
    timeout: BUSY_TIMEOUT_MS,
    // Tables change one after the other; at the end every reference leads somewhere.
    enableForeignKeyConstraints: false,
    defensive: true,
  });
  try {
    database.exec("pragma synchronous = full");
    database.exec("pragma fullfsync = on");
    if (from !== null) {
      database.prepare("attach database ? as other").run(from);
      if (schemaNumber(database, "other") !== schemaNumber(database, "main"))
        throw new Error(`${from} has another schema than ${file}`);
    }
    database.exec("begin immediate");
    for (const statement of statements(database, from !== null)) database.exec(statement);
    database.exec("commit");
  } finally {
    // Rolls back what was not committed.
    database.close();
  }
}

function statements(database: DatabaseSync, hasOther: boolean): string[] {
  const replacing = Object.entries(TABLES).flatMap(([table, rule]) => {
    if (rule === "kept") return [];
    const others = (of: Database) => (rule === "replaced" ? "" : ` where not (${rule.keptWhere(of)})`);
    const empty = `delete from main.${table}${others("main")}`;
    if (!hasOther) return [empty];
    const columns = columnsOf(database, table);
    const fill = `insert into main.${table} (${columns}) select ${columns} from other.${table}${others("other")}`;
    return [empty, fill];
  });
  return [...replacing, ...(hasOther ? [COUNTERS] : []), ...AFTERWARDS];
}

function schemaNumber(database: DatabaseSync, schema: Database): number {
  const row = database.prepare(`select max(number) as newest from ${schema}.firesteel_migrations`).get();
  return Number(row?.newest);
}

function columnsOf(database: DatabaseSync, table: string): string {
  return database
    .prepare("select name from pragma_table_info(?)")
    .all(table)
    .map(({ name }) => String(name))
    .join(", ");
}
