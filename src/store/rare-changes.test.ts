import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { anAccessKey, aVirtualCluster } from "../../test/support/store-rows.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { virtualClusterId } from "../core/ids.ts";
import type { Change } from "../core/ports/store.ts";
import { statementsFor } from "./commit.ts";
import { TABLES_OF_RUNS } from "./migrations/rare-changes.ts";
import { queriesFor } from "./queries.ts";
import { commitGroup } from "./sqlite-commit.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { prepareSqliteFile } from "./sqlite-file.ts";

const queries = queriesFor("sqlite");

async function openedFile(context: TestContext): Promise<SqliteConnection> {
  const file = join(await temporaryDirectory(context), "firesteel.db");
  await prepareSqliteFile(file);
  const connection = new SqliteConnection(file, { readOnly: false });
  context.after(() => connection.close());
  return connection;
}

test("every table but those of runs counts what is inserted, changed and deleted", async (context) => {
  const connection = await openedFile(context);
  const rows = connection.all("select type, name, tbl_name from sqlite_schema");
  const schema = rows as { type: string; name: string; tbl_name: string }[];
  const counting = schema.filter(({ type }) => type === "trigger").map(({ name }) => name);
  const apart = new Set<string>([
    ...TABLES_OF_RUNS,
    "firesteel_migrations",
    "rare_changes",
    "sqlite_sequence",
  ]);
  const tables = schema.filter(({ type, name }) => type === "table" && !apart.has(name));
  assert.ok(tables.length > 0);
  assert.deepEqual(
    counting.sort(),
    tables
      .flatMap(({ name }) => ["insert", "update", "delete"].map((event) => `${name}_${event}_counts`))
      .sort(),
  );
});

test("a change is counted where rows differ from before, and a guard or a run is not", async (context) => {
  const connection = await openedFile(context);
  const counted = (...changes: Change[]) => {
    const before = Number(connection.rareChanges());
    assert.deepEqual(commitGroup(connection, [statementsFor(queries, changes)]), [{ kind: "committed" }]);
    return Number(connection.rareChanges()) - before;
  };
  const id = virtualClusterId("v".repeat(25));
  const cluster = aVirtualCluster(id);
  assert.equal(counted({ kind: "virtual-cluster", row: cluster }), 1);
  assert.equal(counted({ kind: "virtual-cluster-unchanged", id, version: 1 }), 0);
  assert.equal(counted({ kind: "virtual-cluster", row: { ...cluster, name: "other", version: 1 } }), 1);
  const key = anAccessKey("key");
  assert.equal(counted({ kind: "access-key", row: key }), 1);
  assert.equal(counted({ kind: "access-key", row: { ...key, state: "Inactive", version: 1 } }), 1);
  assert.equal(counted({ kind: "access-key-deleted", id: key.id }), 1);
});
