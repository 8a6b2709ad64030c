import type { ClientToken, Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";

export function clientTokens(database: Database): Store["clientTokens"] {
  return {
    async get(scope, operation, token) {
      const query = database.queries
        .selectFrom("client_tokens")
        .selectAll()
        .where("account", "=", scope.account)
        .where("region", "=", scope.region)
        .where("operation", "=", operation)
        .where("token", "=", token);
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

export function clientTokenStatement(queries: Queries, token: ClientToken): Statement {
  return statement(
    queries.insertInto("client_tokens").values({
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
