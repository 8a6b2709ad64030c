import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { anAccessKey } from "../../test/support/store-rows.ts";
import { statementsFor } from "./commit.ts";
import { queriesFor } from "./queries.ts";
import { commitGroup } from "./sqlite-commit.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { prepareSqliteFile } from "./sqlite-file.ts";

const queries = queriesFor("sqlite");

function batch(id: string, secretLength: number) {
  const row = anAccessKey(id, { encryptedSecret: "x".repeat(secretLength) });
  return statementsFor(queries, [{ kind: "access-key", row }]);
}

describe("a group of commits", () => {
  let directory: string;
  let connection: SqliteConnection;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-commit-"));
    const file = join(directory, "firesteel.db");
    await prepareSqliteFile(file);
    connection = new SqliteConnection(file, { readOnly: false });
  });
  afterEach(async () => {
    connection.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("tells of each batch what became of it when the disk is full, and goes on when it is not", () => {
    const [size] = connection.all("pragma page_count") as { page_count: number }[];
    // The file may not grow by more than a few pages: the nearest thing to a full disk.
    connection.all(`pragma max_page_count = ${(size?.page_count ?? 0) + 8}`);
    const outcomes = commitGroup(connection, [
      batch("small", 1),
      batch("large", 1_000_000),
      batch("late", 1),
    ]);
    const stored = connection.all("select id from access_keys").map((row) => (row as { id: string }).id);
    assert.deepEqual(outcomes[1], { kind: "unavailable", message: "database or disk is full" });
    for (const [i, id] of ["small", "large", "late"].entries()) {
      assert.equal(outcomes[i]?.kind === "committed", stored.includes(id), id);
    }
    assert.equal(connection.inTransaction, false);

    connection.all("pragma max_page_count = 1000000");
    assert.deepEqual(commitGroup(connection, [batch("large", 1_000_000)]), [{ kind: "committed" }]);
  });

  it("keeps those that are good where one fails in its midst", () => {
    const outcomes = commitGroup(connection, [batch("a", 1), batch("a", 1), batch("b", 1)]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["committed", "duplicate", "committed"],
    );
    const stored = connection.all("select id from access_keys order by id") as { id: string }[];
    assert.deepEqual(
      stored.map(({ id }) => id),
      ["a", "b"],
    );
    assert.equal(commitGroup(connection, [batch("b", 1)])[0]?.kind, "duplicate");
    assert.equal(connection.inTransaction, false);
  });

  it("fails whole where it cannot begin", () => {
    connection.run("begin");
    const outcomes = commitGroup(connection, [batch("a", 1), batch("b", 1)]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["failed", "failed"],
    );
    assert.deepEqual(connection.all("select id from access_keys"), []);
  });
});
