import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { storeContract } from "../../test/contract/store.ts";
import {
  aClientToken,
  anAccessKey,
  anApplication,
  anEffect,
  aVirtualCluster,
  scope,
} from "../../test/support/store-rows.ts";
import type { Application } from "../core/application/application.ts";
import { DuplicateError, StaleVersionError } from "../core/ports/store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describe("SQLite", () => {
  let directory: string;
  let files = 0;
  const newFile = () => join(directory, `store-${++files}`, "firesteel.db");
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-store-"));
  });
  after(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  storeContract("SQLite", async () => {
    const file = newFile();
    let store = await openSqliteStore({ file });
    return {
      store,
      async reopen() {
        await store.close();
        store = await openSqliteStore({ file });
        return store;
      },
      dispose: () => store.close(),
    };
  });

  describe("the file", () => {
    it("is its owner's alone, and one file again once closed", async () => {
      const file = newFile();
      const store = await openSqliteStore({ file });
      await store.commit([{ kind: "access-key", row: anAccessKey("A") }]);
      const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
      assert.equal(await modeOf(join(file, "..")), "700");
      for (const path of [file, `${file}-wal`, `${file}-shm`]) assert.equal(await modeOf(path), "600", path);
      await store.close();
      await store.close();
      assert.deepEqual(await readdir(join(file, "..")), ["firesteel.db"]);
    });

    it("is refused, untouched, where it is not a database", async () => {
      const file = join(directory, "notes.txt");
      await writeFile(file, "Dear diary, ".repeat(1_000));
      await assert.rejects(openSqliteStore({ file }), {
        name: "StoreOpenError",
        message: `${file} is not a database of Firesteel (it does not start as a SQLite file does). Move it away, or choose another data directory.`,
      });
      assert.equal((await stat(file)).size, 12_000);
    });

    it("is refused where it is another program's database", async () => {
      const file = join(directory, "other.db");
      const other = new DatabaseSync(file);
      other.exec("create table bookmarks (url text)");
      other.close();
      await assert.rejects(openSqliteStore({ file }), {
        name: "StoreOpenError",
        message: /not a database of Firesteel \(it is a SQLite database with other tables\)/,
      });
    });

    it("is refused where a newer Firesteel has made it", async () => {
      const file = newFile();
      await (await openSqliteStore({ file })).close();
      const newer = new DatabaseSync(file);
      newer.exec("insert into firesteel_migrations values (999, 'from-the-future', 0)");
      newer.close();
      await assert.rejects(openSqliteStore({ file }), {
        name: "StoreOpenError",
        message: new RegExp(
          `^${file} was made by a newer Firesteel \\(it has migration 999, this one knows up to \\d+\\)`,
        ),
      });
    });

    it("is refused where it is damaged", async () => {
      const file = newFile();
      await (await openSqliteStore({ file })).close();
      const handle = await open(file, "r+");
      await handle.write(Buffer.alloc(4_000, 0xab), 0, 4_000, 96);
      await handle.close();
      await assert.rejects(openSqliteStore({ file }), {
        name: "StoreOpenError",
        message: `${file} is damaged. Restore a backup with 'firesteel backup restore FILE --replace'; copies from before upgrades are in ${join(dirname(file), "backups")}.`,
      });
    });

    it("is refused with the reason where its directory cannot be made", async () => {
      const file = join(directory, "a-file");
      await writeFile(file, "");
      await assert.rejects(openSqliteStore({ file: join(file, "firesteel.db") }), {
        name: "StoreOpenError",
        message: /a-file\/firesteel\.db cannot be opened: E.*a-file.* Check that/,
      });
    });
  });

  it("everything answered is there after the process was killed", async () => {
    const file = newFile();
    const script = fileURLToPath(new URL("../../test/support/commit-until-killed.ts", import.meta.url));
    const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
    const exit = once(child, "exit");
    const answered: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      answered.push(line);
      if (answered.length === 50) child.kill("SIGKILL");
    }
    await exit;
    assert.ok(answered.length >= 50, "the child was killed while it wrote");
    const store = await openSqliteStore({ file });
    const stored = new Set((await store.accessKeys.list()).map(({ id }): string => id));
    assert.deepEqual(
      answered.filter((id) => !stored.has(id)),
      [],
    );
    await store.close();
  });

  describe("several at once", () => {
    it("two processes' stores share a new file, and each sees the other's commits", async () => {
      const file = newFile();
      const [server, cli] = await Promise.all([openSqliteStore({ file }), openSqliteStore({ file })]);
      const keys = Array.from({ length: 40 }, (_, i) => anAccessKey(`key-${i}`));
      await Promise.all(
        keys.map((row, i) => (i % 2 === 0 ? server : cli).commit([{ kind: "access-key", row }])),
      );
      assert.equal((await server.accessKeys.list()).length, 40);
      assert.equal((await cli.accessKeys.list()).length, 40);
      await Promise.all([server.close(), cli.close()]);
    });

    it("while another process writes, reads go on and commits wait", async () => {
      const file = newFile();
      const store = await openSqliteStore({ file });
      const other = new DatabaseSync(file);
      other.exec("begin immediate");
      let answered = false;
      const commit = store.commit([{ kind: "access-key", row: anAccessKey("A") }]).then(() => {
        answered = true;
      });
      for (let i = 0; i < 100; i++) assert.equal((await store.accessKeys.list()).length, 0);
      assert.equal(answered, false);
      other.exec("commit");
      other.close();
      await commit;
      assert.equal((await store.accessKeys.list()).length, 1);
      await store.close();
    });

    it("whoever has seen a commit is not answered from before it, also while the writer's word is on its way", async (t) => {
      const store = await openSqliteStore({ file: newFile() });
      t.after(() => store.close());
      const accepted = anApplication("run-1");
      await store.commit([{ kind: "application", row: accepted }]);
      const get = () => store.applications.get(accepted.id);
      assert.equal((await get())?.state, "accepted");
      const launching: Application = { ...accepted, version: 1, state: "launching" };
      const committed = store.commit([
        { kind: "application", row: launching },
        { kind: "effect", effect: anEffect("launch", "run-1") },
      ]);
      // Nothing but microtasks until the effect is seen, so that no message of the writer is heard; no limit is asked twice.
      const giveUp = performance.now() + 10_000;
      for (let limit = 1; (await store.effects.due("node-1", 1_000, limit)).length === 0; limit += 1)
        assert.ok(performance.now() < giveUp, "the effect was not seen");
      assert.equal((await get())?.state, "launching");
      await committed;
    });

    it("a commit that fails harms no other of its group", async () => {
      const store = await openSqliteStore({ file: newFile() });
      const token = { kind: "client-token", row: aClientToken("same") } as const;
      const results = await Promise.allSettled(
        Array.from({ length: 60 }, (_, i) => {
          const cluster = { kind: "virtual-cluster", row: aVirtualCluster(`cluster-${i}`) } as const;
          if (i % 3 === 0) return store.commit([cluster, token]);
          if (i % 3 === 1)
            return store.commit([cluster, { ...cluster, row: { ...cluster.row, version: 5 } }]);
          return store.commit([cluster]);
        }),
      );
      const reasons = results.map((result) => (result.status === "rejected" ? result.reason : null));
      for (const [i, reason] of reasons.entries()) {
        if (i % 3 === 1) assert.ok(reason instanceof StaleVersionError, `commit ${i}`);
        else if (i % 3 === 0 && i > 0) assert.ok(reason instanceof DuplicateError, `commit ${i}`);
        else assert.equal(reason, null, `commit ${i}`);
        const stored = await store.virtualClusters.get(scope, aVirtualCluster(`cluster-${i}`).id);
        assert.equal(stored === null, reason !== null, `row of commit ${i}`);
      }
      await store.close();
    });
  });
});
