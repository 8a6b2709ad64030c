import type { ClientToken, Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { ClientTokenTable } from "./schema.ts";

export function clientTokens(database: Database): Store["clientTokens"] {
  return {
    async get(scope, operation, token) {
      const { account, region } = scope;
      const query = clientTokenByKey(database.queries, { account, region, operation, token });
      const row = await readOne(database, query);
      return (
        row && {
          account: row.account,
          region: row.region,
          operation: row.operation,
          token: row.token,
          requestHash: row.request_hash,
          resourceId: row.resource_id,
          createdAtMs: row.created_at_ms,
        }
      );
    },
  };
}

type ClientTokenKey = Pick<ClientTokenTable, "account" | "region" | "operation" | "token">;

const clientTokenByKey = prepared((queries, key: ClientTokenKey) =>
  queries
    .selectFrom("client_tokens")
    .selectAll()
    .where("account", "=", key.account)
    .where("region", "=", key.region)
    .where("operation", "=", key.operation)
    .where("token", "=", key.token),
);

const insertClientToken = prepared((queries, row: ClientTokenTable) =>
  queries.insertInto("client_tokens").values(row),
);

export function clientTokenStatement(queries: Queries, token: ClientToken): Statement {
  return statement(
    insertClientToken(queries, {
      account: token.account,
      region: token.region,
      operation: token.operation,
      token: token.token,
      request_hash: token.requestHash,
      resource_id: token.resourceId,
      created_at_ms: token.createdAtMs,
    }),
  );
}
