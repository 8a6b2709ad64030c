import type { PrincipalId, WorkspaceId } from "../core/ids.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import { nameKey, type Principal, type PrincipalKind } from "../core/principal/principal.ts";
import type { PrincipalTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import { assignedTo, peopleOf, principalPages } from "./principal-pages.ts";
import type { Queries } from "./queries.ts";

export function principals(database: Database): AccountStore["principals"] {
  const { queries } = database;
  const all = queries.selectFrom("principals").selectAll("principals");
  return {
    ...principalPages(database, principalOf),
    async get(account, id) {
      const row = await readOne(database, principalById(queries, { account, id }));
      return row && principalOf(row);
    },
    async named(account, kind, name, workspace) {
      const key = { account, kind, name_key: nameKey(name) };
      const row = await readOne(
        database,
        workspace === undefined
          ? ofAccountByName(queries, key)
          : ofWorkspaceByName(queries, { ...key, workspace_id: workspace }),
      );
      return row && principalOf(row);
    },
    async list(account, kind) {
      const rows = await database.read(
        all
          .where("account", "=", account)
          .where("kind", "=", kind)
          .where("workspace_id", "is", null)
          .orderBy("created_at_ms")
          .orderBy("id"),
      );
      return rows.map(principalOf);
    },
    async inWorkspace(workspace, kind) {
      const rows = await database.read(
        (kind === "group" ? groupsIn(queries, workspace) : peopleIn(queries, workspace, kind))
          .orderBy("principals.created_at_ms")
          .orderBy("principals.id"),
      );
      return rows.map(principalOf);
    },
    async assignedTo(workspace, level) {
      const rows = await database.read(
        all
          .innerJoin("workspace_assignments", "workspace_assignments.principal_id", "principals.id")
          .where("workspace_assignments.workspace_id", "=", workspace)
          .where("workspace_assignments.level", "=", level)
          .orderBy("principals.created_at_ms")
          .orderBy("principals.id"),
      );
      return rows.map(principalOf);
    },
    async groupsOf(id) {
      return (await database.read(groupsAbove(queries, { id }))).map(principalOf);
    },
    async directGroupsOf(id) {
      const rows = await database.read(directGroups(queries, { member_id: id }));
      return rows.map(({ group_id }) => group_id);
    },
    async membersOf(group) {
      const rows = await database.read(
        all
          .innerJoin("group_members", "group_members.member_id", "principals.id")
          .where("group_members.group_id", "=", group)
          .orderBy("principals.id"),
      );
      return rows.map(principalOf);
    },
  };
}

const principalById = prepared((queries, { account, id }: Pick<PrincipalTable, "account" | "id">) =>
  queries
    .selectFrom("principals")
    .selectAll("principals")
    .where("id", "=", id)
    .where("account", "=", account),
);

const named = (queries: Queries, { account, kind, name_key }: NameOfAccount) =>
  queries
    .selectFrom("principals")
    .selectAll("principals")
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("name_key", "=", name_key);

type NameOfAccount = Pick<PrincipalTable, "account" | "kind" | "name_key">;

const ofAccountByName = prepared((queries, name: NameOfAccount) =>
  named(queries, name).where("workspace_id", "is", null),
);

interface NameOfWorkspace extends NameOfAccount {
  readonly workspace_id: WorkspaceId;
}

const ofWorkspaceByName = prepared((queries, name: NameOfWorkspace) =>
  named(queries, name).where("workspace_id", "=", name.workspace_id),
);

const directGroups = prepared((queries, { member_id }: { readonly member_id: PrincipalId }) =>
  queries
    .selectFrom("group_members")
    .select("group_id")
    .where("member_id", "=", member_id)
    .orderBy("group_id"),
);

/** `union` drops what was found before, so that groups that hold each other come to an end. */
const groupsAbove = prepared((queries, { id }: Pick<PrincipalTable, "id">) =>
  queries
    .withRecursive("found", (db) =>
      db
        .selectFrom("group_members")
        .select("group_id")
        .where("member_id", "=", id)
        .union(
          db
            .selectFrom("group_members")
            .innerJoin("found", "found.group_id", "group_members.member_id")
            .select("group_members.group_id"),
        ),
    )
    .selectFrom("principals")
    .innerJoin("found", "found.group_id", "principals.id")
    .selectAll("principals")
    .orderBy("principals.id"),
);

function groupsIn(queries: Queries, workspace: WorkspaceId) {
  return queries
    .selectFrom("principals")
    .selectAll("principals")
    .where("kind", "=", "group")
    .where(({ or, eb }) =>
      or([eb("workspace_id", "=", workspace), eb("id", "in", assignedTo(queries, workspace))]),
    );
}

function peopleIn(queries: Queries, workspace: WorkspaceId, kind: PrincipalKind) {
  return queries
    .selectFrom("principals")
    .selectAll("principals")
    .where("kind", "=", kind)
    .where("id", "in", peopleOf(queries, workspace));
}

export function passwords(database: Database): AccountStore["passwords"] {
  return {
    async of(principal) {
      const row = await readOne(
        database,
        database.queries.selectFrom("passwords").selectAll().where("principal_id", "=", principal),
      );
      return row && { principal: row.principal_id, hash: row.hash };
    },
  };
}

type PrincipalChange = Extract<
  AccountChange,
  { kind: "principal" | "principal-deleted" | "group-member" | "group-member-removed" | "password" }
>;

export function principalChangeStatement(queries: Queries, change: PrincipalChange): Statement {
  switch (change.kind) {
    case "principal":
      return principalStatement(queries, change.row);
    case "principal-deleted":
      return statement(
        queries.deleteFrom("principals").where("id", "=", change.id).where("version", "=", change.version),
        `principal ${change.id} is no longer at version ${change.version}`,
      );
    case "group-member":
      return statement(
        queries
          .insertInto("group_members")
          .values({ group_id: change.group, member_id: change.member })
          .onConflict((conflict) => conflict.columns(["group_id", "member_id"]).doNothing()),
      );
    case "group-member-removed":
      return statement(
        queries
          .deleteFrom("group_members")
          .where("group_id", "=", change.group)
          .where("member_id", "=", change.member),
      );
    case "password":
      return statement(
        queries
          .insertInto("passwords")
          .values({ principal_id: change.row.principal, hash: change.row.hash })
          .onConflict((conflict) => conflict.column("principal_id").doUpdateSet({ hash: change.row.hash })),
      );
  }
}

function principalStatement(queries: Queries, principal: Principal): Statement {
  const changing = {
    name: principal.name,
    name_key: nameKey(principal.name),
    display_name: principal.displayName,
    external_id: principal.externalId,
    active: principal.active ? (1 as const) : (0 as const),
    roles: toJsonText(principal.roles),
    person: principal.person === null ? null : toJsonText(principal.person),
    version: principal.version + 1,
  };
  if (principal.version === 0) {
    return statement(
      queries.insertInto("principals").values({
        id: principal.id,
        account: principal.account,
        kind: principal.kind,
        workspace_id: principal.workspace,
        created_at_ms: principal.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("principals")
      .set(changing)
      .where("id", "=", principal.id)
      .where("version", "=", principal.version),
    `principal ${principal.id} is no longer at version ${principal.version}`,
  );
}

function principalOf(row: PrincipalTable): Principal {
  return {
    id: row.id,
    account: row.account,
    kind: row.kind,
    workspace: row.workspace_id,
    name: row.name,
    displayName: row.display_name,
    externalId: row.external_id,
    active: row.active === 1,
    roles: fromJsonText(row.roles),
    person: row.person === null ? null : fromJsonText(row.person),
    createdAtMs: row.created_at_ms,
    version: row.version,
  };
}
