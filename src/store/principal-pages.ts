import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { PrincipalId, WorkspaceId } from "../core/ids.ts";
import type { AccountStore, PrincipalPageQuery } from "../core/ports/account-store.ts";
import type { Principal } from "../core/principal/principal.ts";
import type { PrincipalCondition } from "../core/principal/principal-query.ts";
import type { PrincipalTable } from "./account-schema.ts";
import { type Database, inChunks } from "./database.ts";
import type { Queries } from "./queries.ts";
import type { Schema } from "./schema.ts";

type Reads = Pick<AccountStore["principals"], "page" | "those" | "membershipsAbove" | "membersOfEach">;

/** Reads of many principals, each of what is asked for alone. */
export function principalPages(database: Database, principalOf: (row: PrincipalTable) => Principal): Reads {
  const { queries } = database;
  return {
    async page(query) {
      const found = matching(queries, query);
      const { by, direction } = query.order;
      const column = { age: "created_at_ms", name: "name_key", id: "id" } as const;
      const way = direction === "descending" ? "desc" : "asc";
      const [counted, rows] = await Promise.all([
        database.read(found.select(({ fn }) => fn.countAll<number | string>().as("total"))),
        query.limit === 0
          ? []
          : database.read(
              found
                .selectAll("principals")
                .orderBy(column[by], way)
                .orderBy("id")
                .limit(query.limit)
                .offset(query.offset),
            ),
      ]);
      // PostgreSQL counts in 64 bits, which arrive as text.
      return { total: Number(counted[0]?.total ?? 0), rows: rows.map(principalOf) };
    },
    async those(account, ids) {
      const rows = await inChunks(ids, (some) =>
        database.read(
          queries
            .selectFrom("principals")
            .selectAll()
            .where("account", "=", account)
            .where("id", "in", some)
            .orderBy("id"),
        ),
      );
      return rows.map(principalOf);
    },
    async membershipsAbove(members) {
      const found = await inChunks(members, (some) => database.read(above(queries, some)));
      // Two chunks may lead to one group.
      return [...new Map(found.map((edge) => [`${edge.member} ${edge.group}`, edge])).values()];
    },
    async membersOfEach(groups) {
      const rows = await inChunks(groups, (some) =>
        database.read(
          queries
            .selectFrom("group_members")
            .innerJoin("principals", "principals.id", "group_members.member_id")
            .selectAll("principals")
            .select("group_members.group_id")
            .where("group_members.group_id", "in", some)
            .orderBy("group_members.group_id")
            .orderBy("principals.id"),
        ),
      );
      return rows.map(({ group_id, ...row }) => ({ group: group_id, member: principalOf(row) }));
    },
  };
}

/** `union` drops what was found before, so that groups that hold each other come to an end. */
function above(queries: Queries, members: readonly PrincipalId[]) {
  return queries
    .withRecursive("up", (db) =>
      db
        .selectFrom("group_members")
        .select(["group_id", "member_id"])
        .where("member_id", "in", members)
        .union(
          db
            .selectFrom("group_members")
            .innerJoin("up", "up.group_id", "group_members.member_id")
            .select(["group_members.group_id", "group_members.member_id"]),
        ),
    )
    .selectFrom("up")
    .select(["up.group_id as group", "up.member_id as member"]);
}

function matching(queries: Queries, query: PrincipalPageQuery) {
  const { account, workspace, kind, condition } = query;
  const ofKind = queries
    .selectFrom("principals")
    .where("principals.account", "=", account)
    .where("principals.kind", "=", kind);
  const seen =
    workspace === null
      ? ofKind.where("principals.workspace_id", "is", null)
      : kind === "group"
        ? ofKind.where(({ or, eb }) =>
            or([
              eb("principals.workspace_id", "=", workspace),
              eb("principals.id", "in", assignedTo(queries, workspace)),
            ]),
          )
        : ofKind.where("principals.id", "in", peopleOf(queries, workspace));
  return condition === null ? seen : seen.where((eb) => judged(queries, eb, condition, workspace));
}

/** The ids of those that are assigned to a workspace themselves. */
export function assignedTo(queries: Queries, workspace: WorkspaceId) {
  return queries
    .selectFrom("workspace_assignments")
    .select("principal_id")
    .where("workspace_id", "=", workspace);
}

/** The ids of all that are assigned to a workspace, and of the members of groups that are, at any depth. */
export function peopleOf(queries: Queries, workspace: WorkspaceId) {
  return queries
    .withRecursive("inside", (db) =>
      db
        .selectFrom("workspace_assignments")
        .select("principal_id")
        .where("workspace_id", "=", workspace)
        // `union` drops what was found before, so that groups that hold each other come to an end.
        .union(
          db
            .selectFrom("group_members")
            .innerJoin("inside", "inside.principal_id", "group_members.group_id")
            .select("group_members.member_id as principal_id"),
        ),
    )
    .selectFrom("inside")
    .select("inside.principal_id");
}

type Judge = ExpressionBuilder<Schema, "principals">;

function judged(
  queries: Queries,
  eb: Judge,
  condition: PrincipalCondition,
  workspace: WorkspaceId | null,
): Expression<SqlBool> {
  switch (condition.kind) {
    case "and":
    case "or":
      return eb[condition.kind](condition.conditions.map((each) => judged(queries, eb, each, workspace)));
    case "not":
      return eb.not(judged(queries, eb, condition.condition, workspace));
    case "text": {
      const { of, operator, value } = condition;
      const column = eb.ref(of === "name" ? "principals.name_key" : "principals.id");
      if (operator === "eq") return eb(column, "=", value);
      const literal = value.replace(/[\\%_]/g, "\\$&");
      const pattern = { co: `%${literal}%`, sw: `${literal}%`, ew: `%${literal}` }[operator];
      return sql<SqlBool>`${column} like ${pattern} escape '\\'`;
    }
    case "active": {
      const active = eb("principals.active", "=", 1);
      if (workspace === null) return active;
      const keptOut = queries
        .selectFrom("workspace_grants")
        .select("principal_id")
        .where("workspace_id", "=", workspace)
        .where("active", "=", 0);
      return eb.and([active, eb("principals.id", "not in", keptOut)]);
    }
  }
}
