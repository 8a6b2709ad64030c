import assert from "node:assert/strict";
import { test } from "node:test";
import { prepared } from "./prepared.ts";
import { queriesFor } from "./queries.ts";

const sqlite = queriesFor("sqlite");
const counter = { account: "111122223333", more: 2 };

test("is built once for each database and takes the values of each call", () => {
  let built = 0;
  const query = prepared((queries, { account, more }: typeof counter) => {
    built += 1;
    return queries
      .updateTable("event_counters")
      .set((eb) => ({ last_cursor: eb("last_cursor", "+", more) }))
      .where("account", "=", account as never)
      .where("last_cursor", ">", 0);
  });
  const first = query(sqlite, counter).compile();
  assert.equal(
    first.sql,
    'update "event_counters" set "last_cursor" = "last_cursor" + ? where "account" = ? and "last_cursor" > ?',
  );
  assert.deepEqual(first.parameters, [2, "111122223333", 0]);
  assert.deepEqual(query(sqlite, { account: "222233334444", more: 1 }).compile().parameters, [
    1,
    "222233334444",
    0,
  ]);
  assert.equal(built, 1);
  assert.match(query(queriesFor("postgres"), counter).compile().sql, /\$2/);
  assert.equal(built, 2);
});

test("takes null and keeps texts as they are", () => {
  const query = prepared((queries, given: { name: string | null; state: string }) =>
    queries
      .updateTable("job_runs")
      .set({ name: given.name, state_details: given.state })
      .where("id", "=", "x" as never),
  );
  query(sqlite, { name: "a", state: "b" });
  assert.deepEqual(query(sqlite, { name: null, state: "?\0state" }).compile().parameters, [
    null,
    "?\0state",
    "x",
  ]);
});
