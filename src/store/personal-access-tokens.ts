import type { PersonalAccessToken } from "../core/access/personal-access-token.ts";
import type { AccountStore } from "../core/ports/account-store.ts";
import type { PersonalAccessTokenTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";

export function personalAccessTokens(database: Database): AccountStore["personalAccessTokens"] {
  const all = database.queries.selectFrom("personal_access_tokens").selectAll();
  return {
    async withHash(hash) {
      const row = await readOne(database, all.where("hash", "=", hash));
      return row && tokenOf(row);
    },
    async of(principal) {
      const rows = await database.read(
        all.where("principal_id", "=", principal).orderBy("created_at_ms").orderBy("id"),
      );
      return rows.map(tokenOf);
    },
  };
}

export function personalAccessTokenStatement(queries: Queries, token: PersonalAccessToken): Statement {
  return statement(
    queries.insertInto("personal_access_tokens").values({
      id: token.id,
      account: token.account,
      workspace_id: token.workspace,
      principal_id: token.principal,
      hash: token.hash,
      comment: token.comment,
      created_at_ms: token.createdAtMs,
      expires_at_ms: token.expiresAtMs,
    }),
  );
}

export function personalAccessTokenDeletedStatement(queries: Queries, id: string): Statement {
  return statement(queries.deleteFrom("personal_access_tokens").where("id", "=", id));
}

function tokenOf(row: PersonalAccessTokenTable): PersonalAccessToken {
  return {
    id: row.id,
    account: row.account,
    workspace: row.workspace_id,
    principal: row.principal_id,
    hash: row.hash,
    comment: row.comment,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
