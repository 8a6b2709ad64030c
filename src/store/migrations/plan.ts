import { StoreOpenError } from "../database.ts";
import type { DatabaseKind } from "../queries.ts";
import { firstTables } from "./0001-first-tables.ts";
import { indexesByAge } from "./0002-indexes-by-age.ts";
import { databricksAccounts } from "./0003-databricks-accounts.ts";
import { queueLimits } from "./0004-queue-limits.ts";
import { signIns } from "./0005-sign-ins.ts";
import { federationPolicies } from "./0006-federation-policies.ts";
import { outgoingMails } from "./0007-outgoing-mails.ts";
import { rareChanges } from "./0008-rare-changes.ts";
import { COLUMN_TYPES, type Migration } from "./migration.ts";

/** Every migration there is, in order. */
const MIGRATIONS: readonly Migration[] = [
  firstTables,
  indexesByAge,
  databricksAccounts,
  queueLimits,
  signIns,
  federationPolicies,
  outgoingMails,
  rareChanges,
];

/** The table that records which migrations a database has seen; made before anything else. */
export function migrationTable(kind: DatabaseKind): string {
  const { text, integer, tableOptions } = COLUMN_TYPES[kind];
  return `create table if not exists firesteel_migrations (
    number ${integer} not null primary key,
    name ${text} not null,
    applied_at_ms ${integer} not null
  ) ${tableOptions}`;
}

export interface PendingMigration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * What a database still lacks, given the numbers it has recorded. `where` names it in the error.
 * Throws {@link StoreOpenError} where a newer Firesteel has been at work.
 */
export function pendingMigrations(
  kind: DatabaseKind,
  where: string,
  recorded: readonly number[],
): readonly PendingMigration[] {
  const unknown = recorded.filter((number) => !MIGRATIONS.some((known) => known.number === number));
  if (unknown.length > 0) {
    throw new StoreOpenError(
      `${where} was made by a newer Firesteel (it has migration ${Math.max(...unknown)}, this one knows up to ` +
        `${MIGRATIONS.length}). Start that version or a later one, or restore a backup made before the upgrade.`,
    );
  }
  return MIGRATIONS.filter(({ number }) => !recorded.includes(number)).map((migration) => ({
    number: migration.number,
    name: migration.name,
    statements: migration.statements(COLUMN_TYPES[kind]),
  }));
}
