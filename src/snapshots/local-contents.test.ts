import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { anAccessKey, anEvent, aVirtualCluster, scope } from "../../test/support/store-rows.ts";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { dataPaths } from "../cloud/local/data-directory.ts";
import type { Replacement } from "../core/ports/contents.ts";
import { replaceRows } from "../store/sqlite-contents.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { LocalContents } from "./local-contents.ts";

const CLOCK = { now: () => 1_795_000_000_000 };
const RESTORE: Replacement = { kind: "restore", snapshot: "base" };

/** A data directory with one cluster, key, event, object and ended run, saved as `base`, and changed since. */
async function fixture(context: TestContext) {
  const dataDir = await temporaryDirectory(context);
  const paths = dataPaths(dataDir);
  const store = await openSqliteStore({ file: paths.database });
  context.after(() => store.close());
  const contents = () => new LocalContents(dataDir, CLOCK);
  const put = async (path: string, text: string) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  };
  const object = (key: string) => join(paths.buckets, "b", key);
  await store.commit([
    { kind: "virtual-cluster", row: aVirtualCluster("saved") },
    { kind: "access-key", row: anAccessKey("AKIA1") },
    { kind: "event", event: anEvent("saved") },
  ]);
  await put(object("deep/saved.txt"), "saved");
  await mkdir(object("empty"));
  await symlink("/etc/passwd", object("link"));
  await chmod(join(paths.buckets, "b"), 0o777);
  await put(join(paths.runs, "run", "exit.json"), "{}");
  await put(join(paths.runs, "run", "work", "scratch"), "much");
  await contents().save("base");
  await store.commit([
    { kind: "virtual-cluster", row: aVirtualCluster("later") },
    { kind: "access-key", row: anAccessKey("AKIA2") },
    { kind: "event", event: anEvent("later") },
  ]);
  await put(object("deep/saved.txt"), "changed");
  await put(object("later.txt"), "later");
  await put(join(paths.logs, "later"), "later");

  const events = async () =>
    (await store.events.after(scope.account, 0, 100)).map(({ cursor, subject }) => [cursor, subject.id]);
  const clusters = async () => {
    const page = { after: null, limit: 10 };
    return (await store.virtualClusters.list(scope, {}, page)).rows.map(({ id }) => id);
  };
  const keys = async () => (await store.accessKeys.list()).map(({ id }) => id).sort();
  const isAsSaved = async () => {
    assert.deepEqual(await clusters(), ["saved"]);
    assert.deepEqual(await events(), [[1, "saved"]]);
    assert.deepEqual(await keys(), ["AKIA1", "AKIA2"]);
    assert.equal(await readFile(object("deep/saved.txt"), "utf8"), "saved");
    assert.deepEqual((await readdir(join(paths.buckets, "b"))).sort(), ["deep", "empty"]);
    assert.equal((await stat(join(paths.buckets, "b"))).mode & 0o777, 0o777);
    assert.deepEqual(await readdir(join(paths.runs, "run")), ["exit.json"]);
    await assert.rejects(stat(paths.logs), { code: "ENOENT" });
    assert.equal(await contents().begun(), null);
    assert.deepEqual(
      (await readdir(dataDir)).filter((name) => /^\.|replacing/.test(name)),
      [],
    );
  };
  const isNew = async () => {
    assert.deepEqual([await clusters(), await events()], [[], []]);
    assert.deepEqual(await keys(), ["AKIA1", "AKIA2"]);
    assert.deepEqual([await readdir(paths.buckets), await readdir(paths.runs)], [[], []]);
    assert.equal(await contents().begun(), null);
  };
  return { dataDir, paths, store, contents, clusters, events, isAsSaved, isNew };
}

async function finishes(contents: LocalContents): Promise<void> {
  const begun = await contents.begun();
  assert.ok(begun !== null);
  await contents.begin(begun);
  await contents.finish(begun);
}

describe("replacing what a server holds", () => {
  it("is whole when it was killed at any step, once the next server has finished it", async (context) => {
    const { paths, dataDir, contents, isAsSaved } = await fixture(context);
    const snapshot = join(dataDir, "snapshots", "base", "firesteel.db");
    const moved = (folder: "buckets" | "logs") => async () => {
      await mkdir(join(dataDir, ".outgoing"), { recursive: true });
      await rename(paths[folder], join(dataDir, ".outgoing", folder));
    };
    const arrived = () => rename(join(dataDir, ".incoming", "buckets"), paths.buckets);
    const steps = [
      async () => undefined,
      async () => replaceRows(paths.database, snapshot),
      moved("buckets"),
      arrived,
      moved("logs"),
    ];
    for (let killedAfter = 1; killedAfter <= steps.length; killedAfter += 1) {
      await mkdir(paths.logs, { recursive: true });
      await contents().begin(RESTORE);
      for (const step of steps.slice(0, killedAfter)) await step();
      await finishes(contents());
      await isAsSaved();
    }
  });

  it("forgets everything but keys and cursors, and goes back again", async (context) => {
    const { contents, isNew, isAsSaved, store, events } = await fixture(context);
    await contents().begin({ kind: "reset" });
    await contents().finish({ kind: "reset" });
    await isNew();
    await store.commit([{ kind: "event", event: anEvent("new") }]);
    assert.deepEqual(await events(), [[3, "new"]]);
    await contents().begin(RESTORE);
    await contents().finish(RESTORE);
    await isAsSaved();
    await store.commit([{ kind: "event", event: anEvent("newer") }]);
    assert.deepEqual((await events()).at(-1), [4, "newer"]);
  });

  it("changes nothing where it is given up, or where the snapshot cannot be had", async (context) => {
    const { dataDir, contents, clusters, paths } = await fixture(context);
    await contents().begin(RESTORE);
    await mkdir(join(dataDir, ".outgoing"), { recursive: true });
    await rename(paths.buckets, join(dataDir, ".outgoing", "buckets"));
    await contents().abandon();
    assert.equal(await contents().begun(), null);
    assert.deepEqual((await clusters()).toSorted(), ["later", "saved"]);
    assert.equal(await readFile(join(paths.buckets, "b", "deep", "saved.txt"), "utf8"), "changed");
    const missing: Replacement = { kind: "restore", snapshot: "other" };
    await assert.rejects(contents().begin(missing), {
      kind: "not-found",
      message: "No snapshot is named other. There is base.",
    });
    assert.equal(await contents().begun(), null);
  });
});

describe("snapshots", () => {
  it("have names, once each, that lead nowhere else", async (context) => {
    const { contents, dataDir } = await fixture(context);
    await assert.rejects(contents().save("base"), { kind: "conflict" });
    for (const name of ["", ".", "..", "../x", "a/b", "-x", "x".repeat(65)])
      await assert.rejects(contents().save(name), { kind: "invalid" }, name);
    const [saved, ...others] = await contents().snapshots();
    assert.deepEqual(others, []);
    assert.ok(saved !== undefined && saved.bytes > 1000);
    assert.deepEqual([saved.name, saved.createdAtMs, saved.files], ["base", CLOCK.now(), 3]);
    await contents().remove("base");
    await assert.rejects(contents().remove("base"), { message: "No snapshot is named base. There is none." });
    assert.deepEqual(await readdir(join(dataDir, "snapshots")), []);
  });

  it("of another schema are refused", async (context) => {
    const { contents, dataDir } = await fixture(context);
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(join(dataDir, "snapshots", "base", "firesteel.db"));
    database.exec("delete from firesteel_migrations where number > 1");
    database.close();
    await assert.rejects(contents().begin(RESTORE), { kind: "conflict", message: /another version/ });
  });

  it("that were cut short are not there", async (context) => {
    const { contents, dataDir } = await fixture(context);
    await mkdir(join(dataDir, "snapshots", ".partial"));
    await writeFile(join(dataDir, "snapshots", ".partial", "firesteel.db"), "half");
    assert.equal((await contents().snapshots()).length, 1);
    await contents().save("next");
    assert.equal((await contents().snapshots()).length, 2);
    await rm(join(dataDir, "snapshots", "next"), { recursive: true });
  });
});
