import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import { openPostgresStore } from "../../src/store/postgres-store.ts";
import { storeContract } from "../contract/store.ts";
import { cutConnection } from "../support/cut-connection.ts";
import { postgresUnavailable, type RunningPostgres, startPostgres } from "../support/postgres.ts";
import { aVirtualCluster } from "../support/store-rows.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const skip = postgresUnavailable() ?? false;

describe("PostgreSQL", { skip }, () => {
  let postgres: RunningPostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(async () => {
    await postgres.stop();
  });

  storeContract("PostgreSQL", async () => {
    const connectionString = await postgres.createDatabase();
    let store = await openPostgresStore({ connectionString });
    return {
      store,
      async reopen() {
        await store.close();
        store = await openPostgresStore({ connectionString });
        return store;
      },
      dispose: () => store.close(),
    };
  });

  it("a connection that breaks while it writes fails that write alone", async (context) => {
    const direct = await postgres.createDatabase();
    const cut = await cutConnection(direct, join(await temporaryDirectory(context), "socket"));
    const store = await openPostgresStore({ connectionString: cut.connectionString });
    const other = new pg.Client({ connectionString: direct });
    await other.connect();
    try {
      await other.query("begin");
      await other.query("lock table virtual_clusters");
      const writing = store.commit([{ kind: "virtual-cluster", row: aVirtualCluster("cut") }]);
      const refused = assert.rejects(writing, { kind: "unavailable" });
      await waitFor("the write to wait for the lock", 60_000, async () => {
        const { rows } = await other.query("select 1 from pg_locks where not granted");
        return rows.length > 0;
      });
      await cut.cut();
      await refused;
      await other.query("rollback");
      await cut.mend();
      await store.commit([{ kind: "virtual-cluster", row: aVirtualCluster("mended") }]);
    } finally {
      await other.end();
      await store.close();
      await cut.close();
    }
  });

  describe("opening", () => {
    it("brings a new database up to date once when several servers start together", async () => {
      const connectionString = await postgres.createDatabase();
      const stores = await Promise.all(
        Array.from({ length: 4 }, () => openPostgresStore({ connectionString })),
      );
      await Promise.all(stores.map((store) => store.ping()));
      await Promise.all(stores.map((store) => store.close()));
    });

    it("refuses a database that a newer Firesteel has made", async () => {
      const connectionString = await postgres.createDatabase();
      await (await openPostgresStore({ connectionString })).close();
      const client = new pg.Client({ connectionString });
      await client.connect();
      await client.query("insert into firesteel_migrations values (999, 'from-the-future', 0)");
      await client.end();
      await assert.rejects(openPostgresStore({ connectionString }), {
        name: "StoreOpenError",
        message: /made by a newer Firesteel \(it has migration 999, this one knows up to \d+\)/,
      });
    });

    it("says what to check where there is no such database", async () => {
      const missing = postgres.connectionString.replace("/postgres?", "/missing?");
      await assert.rejects(openPostgresStore({ connectionString: missing }), {
        name: "StoreOpenError",
        message: /database "missing" does not exist\. Check the connection string/,
      });
    });
  });
});
