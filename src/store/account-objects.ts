import type {
  AccountObject,
  AccountObjectKind,
  Claim,
  ClaimLimit,
} from "../core/account-object/account-object.ts";
import { type AccountObjectId, accountObjectId } from "../core/ids.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { AccountObjectTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function accountObjects(database: Database): AccountStore["accountObjects"] {
  const { queries } = database;
  const all = queries.selectFrom("account_objects").selectAll("account_objects");
  const oldestFirst = all.orderBy("account_objects.created_at_ms").orderBy("account_objects.id");
  return {
    async get(account, kind, id) {
      const row = await readOne(database, objectOfAccount(queries, { account, kind, id }));
      return row && accountObjectOf(row);
    },
    async workspace(id) {
      const row = await readOne(database, workspaceById(queries, { id }));
      return row && accountObjectOf(row);
    },
    async list(account, kind) {
      const rows = await database.read(oldestFirst.where("account", "=", account).where("kind", "=", kind));
      return rows.map((row) => accountObjectOf<typeof kind>(row));
    },
    async inStates(kind, states) {
      const rows = await database.read(
        oldestFirst.where("kind", "=", kind).where("state", "in", states).where("state", "is not", null),
      );
      return rows.map((row) => accountObjectOf<typeof kind>(row));
    },
    async holding({ scope, kind, value }) {
      const row = await readOne(
        database,
        all
          .innerJoin("account_object_claims", "account_object_claims.object_id", "account_objects.id")
          .where("account_object_claims.scope", "=", scope)
          .where("account_object_claims.kind", "=", kind)
          .where("account_object_claims.value", "=", value),
      );
      return row && accountObjectOf(row);
    },
    async countClaims({ scope, kind }, except) {
      const counted = await readOne(
        database,
        countClaims(queries, scope, kind).where("object_id", "!=", except),
      );
      return counted?.count ?? 0;
    },
    async needing(id) {
      const rows = await database.read(
        oldestFirst
          .innerJoin("account_object_needs", "account_object_needs.object_id", "account_objects.id")
          .where("account_object_needs.needed_id", "=", id),
      );
      return rows.map((row) => accountObjectOf(row));
    },
  };
}

const objectOfAccount = prepared(
  (queries, { account, kind, id }: Pick<AccountObjectTable, "account" | "kind" | "id">) =>
    queries
      .selectFrom("account_objects")
      .selectAll()
      .where("id", "=", id)
      .where("account", "=", account)
      .where("kind", "=", kind),
);

const workspaceById = prepared((queries, { id }: Pick<AccountObjectTable, "id">) =>
  queries.selectFrom("account_objects").selectAll().where("id", "=", id).where("kind", "=", "workspace"),
);

/** Writes the object, then all that it claims and needs anew. */
export function accountObjectStatements(
  queries: Queries,
  { row, claims, needs, limits }: Extract<AccountChange, { kind: "account-object" }>,
): Statement[] {
  const replaced =
    row.version === 0
      ? []
      : [
          statement(queries.deleteFrom("account_object_claims").where("object_id", "=", row.id)),
          statement(queries.deleteFrom("account_object_needs").where("object_id", "=", row.id)),
        ];
  return [
    accountObjectStatement(queries, row),
    ...replaced,
    ...claims.map((claim) =>
      statement(queries.insertInto("account_object_claims").values({ ...claim, object_id: row.id })),
    ),
    ...needs.map((needed) =>
      statement(queries.insertInto("account_object_needs").values({ object_id: row.id, needed_id: needed })),
    ),
    ...limits.flatMap((limit) => limitStatements(queries, row, limit)),
  ];
}

/** Looks for claims that are one too many after taking the account's lock, so that of two commits one sees the other. */
function limitStatements(
  queries: Queries,
  { id, account }: AccountObject,
  { scope, kind, max }: ClaimLimit,
): Statement[] {
  const touch = (touched: AccountObjectId) =>
    queries
      .updateTable("account_objects")
      .set(({ ref }) => ({ version: ref("version") }))
      .where("id", "=", touched);
  return [
    statement(touch(accountObjectId(account))),
    statement(
      touch(id).where(countClaims(queries, scope, kind), "<=", max),
      `there are more than ${max} claims of ${kind}`,
    ),
  ];
}

function countClaims(queries: Queries, scope: Claim["scope"], kind: string) {
  return queries
    .selectFrom("account_object_claims")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("scope", "=", scope)
    .where("kind", "=", kind);
}

function accountObjectStatement(queries: Queries, object: AccountObject): Statement {
  const changing = {
    name: object.name,
    state: object.state,
    body: toJsonText(object.body),
    version: object.version + 1,
  };
  if (object.version === 0) {
    return statement(
      queries.insertInto("account_objects").values({
        id: object.id,
        account: object.account,
        kind: object.kind,
        created_at_ms: object.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("account_objects")
      .set(changing)
      .where("id", "=", object.id)
      .where("version", "=", object.version),
    `${object.kind} ${object.id} is no longer at version ${object.version}`,
  );
}

export function accountObjectDeletedStatement(
  queries: Queries,
  id: AccountObjectId,
  version: number,
): Statement {
  return statement(
    queries.deleteFrom("account_objects").where("id", "=", id).where("version", "=", version),
    `object ${id} is no longer at version ${version}`,
  );
}

function accountObjectOf<Kind extends AccountObjectKind>(row: AccountObjectTable): AccountObject<Kind> {
  return {
    id: row.id,
    account: row.account,
    // Whoever asks for a kind gives it in the query, and a row's body is always that of its kind.
    kind: row.kind as Kind,
    name: row.name,
    state: row.state,
    body: fromJsonText(row.body) as AccountObject<Kind>["body"],
    createdAtMs: row.created_at_ms,
    version: row.version,
  };
}
