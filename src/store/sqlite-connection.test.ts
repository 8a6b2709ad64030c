import assert from "node:assert/strict";
import { test } from "node:test";
import { SqliteConnection } from "./sqlite-connection.ts";

test("statements of ever new shapes do not fill the memory, and one that was let go still works", async () => {
  const connection = new SqliteConnection(":memory:", { readOnly: true });
  for (let shape = 0; shape < 3_000; shape += 1) connection.all(`select ${shape} as shape`);
  assert.equal(connection.prepared, 1_000);
  assert.equal(JSON.stringify(connection.all("select 0 as shape")), '[{"shape":0}]');
  connection.close();
});
