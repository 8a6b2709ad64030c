import type { AccountChange, AccountStore, WorkspaceAssignment } from "../core/ports/account-store.ts";
import type { WorkspaceAssignmentTable } from "./account-schema.ts";
import { type Database, inChunks, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function workspaceAssignments(database: Database): AccountStore["workspaceAssignments"] {
  const all = database.queries.selectFrom("workspace_assignments").selectAll();
  return {
    async of(workspace) {
      const rows = await database.read(all.where("workspace_id", "=", workspace).orderBy("principal_id"));
      return rows.map(assignmentOf);
    },
    async among(workspace, principals) {
      const rows = await inChunks(principals, (some) =>
        database.read(
          all.where("workspace_id", "=", workspace).where("principal_id", "in", some).orderBy("principal_id"),
        ),
      );
      return rows.map(assignmentOf);
    },
    async levelOf(workspace, principals) {
      if (principals.length === 0) return null;
      const [only, ...others] = principals;
      const rows = await database.read(
        only !== undefined && others.length === 0
          ? assignmentByKey(database.queries, { workspace_id: workspace, principal_id: only })
          : all.where("workspace_id", "=", workspace).where("principal_id", "in", principals),
      );
      if (rows.some(({ level }) => level === "ADMIN")) return "ADMIN";
      return rows.length > 0 ? "USER" : null;
    },
  };
}

function assignmentOf(row: WorkspaceAssignmentTable): WorkspaceAssignment {
  return { workspace: row.workspace_id, principal: row.principal_id, level: row.level };
}

/** Most are in no group. */
const assignmentByKey = prepared(
  (
    queries,
    { workspace_id, principal_id }: Pick<WorkspaceAssignmentTable, "workspace_id" | "principal_id">,
  ) =>
    queries
      .selectFrom("workspace_assignments")
      .selectAll()
      .where("workspace_id", "=", workspace_id)
      .where("principal_id", "=", principal_id),
);

export function workspaceAssignmentStatement(queries: Queries, row: WorkspaceAssignment): Statement {
  const { workspace, principal, level } = row;
  return statement(
    queries
      .insertInto("workspace_assignments")
      .values({ workspace_id: workspace, principal_id: principal, level })
      .onConflict((conflict) => conflict.columns(["workspace_id", "principal_id"]).doUpdateSet({ level })),
  );
}

const OF_AN_ASSIGNMENT = [
  "workspace_assignments",
  "workspace_grants",
  "personal_access_tokens",
  "authorization_codes",
  "oauth_grants",
] as const;

/** Also what the principal has in the workspace. */
export function workspaceAssignmentRemovedStatements(
  queries: Queries,
  { workspace, principal }: Extract<AccountChange, { kind: "workspace-assignment-removed" }>,
): Statement[] {
  const ownGroups = queries.selectFrom("principals").select("id").where("workspace_id", "=", workspace);
  return [
    ...OF_AN_ASSIGNMENT.map((table) =>
      statement(
        queries.deleteFrom(table).where("workspace_id", "=", workspace).where("principal_id", "=", principal),
      ),
    ),
    statement(
      queries
        .deleteFrom("group_members")
        .where("member_id", "=", principal)
        .where("group_id", "in", ownGroups),
    ),
  ];
}
