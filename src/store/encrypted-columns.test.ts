import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { openSqliteStore } from "./sqlite-store.ts";

test("every column of encrypted secrets is one that a rotation of keys knows", async (context) => {
  const file = join(await temporaryDirectory(context), "firesteel.db");
  await (await openSqliteStore({ file })).close();
  const database = new DatabaseSync(file, { readOnly: true });
  context.after(() => database.close());
  const columns = database
    .prepare(
      `select t.name || '.' || c.name as name from sqlite_schema t, pragma_table_info(t.name) c
       where t.type = 'table' and c.name like '%encrypted%' order by 1`,
    )
    .all();
  assert.deepEqual(
    columns.map(({ name }) => name),
    ["access_keys.encrypted_secret", "signing_keys.encrypted_private_key"],
    "add a new one to storedSecrets (use-cases/rotate-keys.ts), then here",
  );
});
