import type { PersonalAccessToken } from "../core/access/personal-access-token.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { PersonalAccessTokenTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";

export function personalAccessTokens(database: Database): AccountStore["personalAccessTokens"] {
  const all = database.queries.selectFrom("personal_access_tokens").selectAll();
  return {
    async withHash(hash) {
      const row = await readOne(database, tokenWithHash(database.queries, { hash }));
      return row && tokenOf(row);
    },
    async get(id) {
      const row = await readOne(database, all.where("id", "=", id));
      return row && tokenOf(row);
    },
    async inWorkspace(workspace) {
      const rows = await database.read(
        all.where("workspace_id", "=", workspace).orderBy("created_at_ms").orderBy("id"),
      );
      return rows.map(tokenOf);
    },
    async of(principal) {
      const rows = await database.read(
        all.where("principal_id", "=", principal).orderBy("created_at_ms").orderBy("id"),
      );
      return rows.map(tokenOf);
    },
  };
}

const tokenWithHash = prepared((queries, { hash }: { hash: string }) =>
  queries.selectFrom("personal_access_tokens").selectAll().where("hash", "=", hash),
);

export function personalAccessTokenStatement(queries: Queries, token: PersonalAccessToken): Statement {
  return statement(
    queries.insertInto("personal_access_tokens").values({
      id: token.id,
      account: token.account,
      workspace_id: token.workspace,
      principal_id: token.principal,
      created_by_id: token.createdBy,
      created_by_name: token.createdByName,
      hash: token.hash,
      comment: token.comment,
      created_at_ms: token.createdAtMs,
      expires_at_ms: token.expiresAtMs,
      last_used_day_ms: token.lastUsedDayMs,
    }),
  );
}

export function personalAccessTokenDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("personal_access_tokens").where("id", "=", id));
}

export function personalAccessTokenChangedStatement(
  queries: Queries,
  change: Extract<AccountChange, { kind: "personal-access-token-comment" | "personal-access-token-used" }>,
): Statement {
  const changed =
    change.kind === "personal-access-token-used"
      ? { last_used_day_ms: change.dayMs }
      : { comment: change.comment };
  return statement(queries.updateTable("personal_access_tokens").set(changed).where("id", "=", change.id));
}

function tokenOf(row: PersonalAccessTokenTable): PersonalAccessToken {
  return {
    id: row.id,
    account: row.account,
    workspace: row.workspace_id,
    principal: row.principal_id,
    createdBy: row.created_by_id,
    createdByName: row.created_by_name,
    hash: row.hash,
    comment: row.comment,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    lastUsedDayMs: row.last_used_day_ms,
  };
}
