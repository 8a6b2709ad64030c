import type { AccountStore, WorkspaceGrants } from "../core/ports/account-store.ts";
import type { WorkspaceGrantTable } from "./account-schema.ts";
import { type Database, inChunks, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function workspaceGrants(database: Database): AccountStore["workspaceGrants"] {
  const all = database.queries.selectFrom("workspace_grants").selectAll();
  return {
    async of(workspace, principal) {
      const row = await readOne(
        database,
        grantsByKey(database.queries, { workspace_id: workspace, principal_id: principal }),
      );
      return row && grantsOf(row);
    },
    async among(workspace, principals) {
      const rows = await inChunks(principals, (some) =>
        database.read(
          all.where("workspace_id", "=", workspace).where("principal_id", "in", some).orderBy("principal_id"),
        ),
      );
      return rows.map(grantsOf);
    },
  };
}

const grantsByKey = prepared(
  (queries, { workspace_id, principal_id }: Pick<WorkspaceGrantTable, "workspace_id" | "principal_id">) =>
    queries
      .selectFrom("workspace_grants")
      .selectAll()
      .where("workspace_id", "=", workspace_id)
      .where("principal_id", "=", principal_id),
);

export function workspaceGrantsStatement(queries: Queries, grants: WorkspaceGrants): Statement {
  const changing = {
    entitlements: toJsonText(grants.entitlements),
    roles: toJsonText(grants.roles),
    active: grants.active ? (1 as const) : (0 as const),
    version: grants.version + 1,
  };
  if (grants.version === 0) {
    return statement(
      queries
        .insertInto("workspace_grants")
        .values({ workspace_id: grants.workspace, principal_id: grants.principal, ...changing }),
    );
  }
  return statement(
    queries
      .updateTable("workspace_grants")
      .set(changing)
      .where("workspace_id", "=", grants.workspace)
      .where("principal_id", "=", grants.principal)
      .where("version", "=", grants.version),
    `grants of ${grants.principal} are no longer at version ${grants.version}`,
  );
}

function grantsOf(row: WorkspaceGrantTable): WorkspaceGrants {
  return {
    workspace: row.workspace_id,
    principal: row.principal_id,
    entitlements: fromJsonText(row.entitlements),
    roles: fromJsonText(row.roles),
    active: row.active === 1,
    version: row.version,
  };
}
