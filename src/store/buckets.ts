import type { AccountId } from "../core/ids.ts";
import type { Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";

export function buckets(database: Database): Store["buckets"] {
  return {
    async owner(name) {
      const query = database.queries.selectFrom("buckets").select("account").where("name", "=", name);
      return (await readOne(database, query))?.account ?? null;
    },
  };
}

/** Names are global and the first owner keeps a bucket: a later claim changes nothing. */
export function bucketStatement(
  queries: Queries,
  bucket: { readonly name: string; readonly account: AccountId; readonly createdAtMs: number },
): Statement {
  return statement(
    queries
      .insertInto("buckets")
      .values({ name: bucket.name, account: bucket.account, created_at_ms: bucket.createdAtMs })
      .onConflict((conflict) => conflict.column("name").doNothing()),
  );
}
