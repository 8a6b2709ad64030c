import assert from "node:assert/strict";
import { chmod, cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { applicationId } from "../../src/core/ids.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { backUpBeforeUpgrade } from "../../src/store/upgrade-backup.ts";
import { firesteel } from "../support/firesteel.ts";
import { launchRequest } from "../support/launch-request.ts";
import { localServers } from "../support/local-server.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/data-directories");
/** What make.ts put into each of them. */
const RUNS = { completed: "COMPLETED", failed: "FAILED", cancelled: "CANCELLED", running: "RUNNING" };
const released = (await readdir(FIXTURES, { withFileTypes: true })).filter((entry) => entry.isDirectory());

/** A copy of the data directory that a release left behind, as it was on its disk. */
async function dataDirectoryOf(version: string, directory: string): Promise<string> {
  const dataDir = join(directory, "data");
  await cp(join(FIXTURES, version), dataDir, { recursive: true });
  // Git keeps no modes.
  for (const [path, mode] of [
    ["", 0o700],
    ["keys", 0o700],
    ["keys/at-rest.key", 0o600],
    ["firesteel.db", 0o600],
  ] as const)
    await chmod(join(dataDir, path), mode);
  return dataDir;
}

for (const { name: version } of released) {
  test(`a data directory of ${version} is upgraded after a backup, and its running driver is adopted`, async (context) => {
    const servers = await localServers(context);
    const dataDir = await dataDirectoryOf(version, servers.directory);
    const before = migrationsOf(join(dataDir, "firesteel.db"));
    const runs = runsOf(join(dataDir, "firesteel.db"));
    const { id: running, cluster } =
      runs.find(({ name }) => name === "running") ?? assert.fail("no running run");
    const earlier = servers.engineOf(dataDir);
    await earlier.launch(
      launchRequest(applicationId(running), {
        entryPoint: "local:///usr/lib/spark/program.jar",
        arguments: ["echo started >> marks; while [ ! -e go ]; do sleep 0.1; done"],
      }),
    );
    const [driver] = await earlier.processes();
    assert.ok(driver);

    const server = await servers.start({ dataDir });
    for (const { id, name } of runs) {
      const { state } = await server.describeRun(cluster, id);
      assert.equal(state, RUNS[name as keyof typeof RUNS], name);
    }
    assert.deepEqual(await server.engine.processes(), await earlier.processes(), "the driver goes on");
    await writeFile(join(dataDir, "runs", running, "work", "go"), "");
    await server.runReaches(cluster, running, "COMPLETED");
    assert.equal((await readFile(join(dataDir, "runs", running, "work", "marks"), "utf8")).trim(), "started");

    const again = await server.startRun(cluster, "true", "fixture-after");
    await server.runReaches(cluster, again.id, "COMPLETED");
    const [copy, ...others] = await readdir(join(dataDir, "backups"));
    assert.ok(copy !== undefined && others.length === 0);
    assert.equal((await stat(join(dataDir, "backups", copy))).mode & 0o777, 0o600);
    assert.deepEqual(migrationsOf(join(dataDir, "backups", copy)), before);
    assert.deepEqual(runsOf(join(dataDir, "backups", copy)), runs);
  });
}

test("what waits or runs at an upgrade is in its virtual cluster's queue", async (context) => {
  const database = join(await dataDirectoryOf("0.1.0", await temporaryDirectory(context)), "firesteel.db");
  await (await openSqliteStore({ file: database })).close();
  const rows = query(
    database,
    `select applications.state, queue_id, virtual_cluster_id as cluster
      from applications join job_runs on job_runs.id = owner_id`,
  );
  assert.ok(rows.length > 1);
  for (const { state, queue_id, cluster } of rows)
    assert.equal(queue_id, state === "running" ? cluster : null, String(state));
});

test("a directory that a newer version has upgraded is refused by name, and nothing in it changes", async (context) => {
  const dataDir = await dataDirectoryOf("0.1.0", await temporaryDirectory(context));
  const database = join(dataDir, "firesteel.db");
  await (await openSqliteStore({ file: database })).close();
  const future = new DatabaseSync(database);
  future.exec("insert into firesteel_migrations values (999, 'from-the-future', 0)");
  future.close();
  const bytes = await readFile(database);

  const outcome = await firesteel(["server", "--port", "0", "--data-dir", dataDir]);
  assert.equal(outcome.exitCode, 1);
  assert.match(
    outcome.stderr,
    /^error: .*\/firesteel\.db was made by a newer Firesteel \(it has migration 999, this one knows up to \d+\)\. Start that version or a later one, or restore a backup made before the upgrade\.\n$/,
  );
  assert.deepEqual(await readFile(database), bytes);
});

test("the newest three copies are kept", async (context) => {
  const dataDir = await dataDirectoryOf("0.1.0", await temporaryDirectory(context));
  for (const day of [1, 2, 3, 4, 5])
    await backUpBeforeUpgrade(join(dataDir, "firesteel.db"), 2, Date.UTC(2026, 0, day));
  assert.deepEqual((await readdir(join(dataDir, "backups"))).sort(), [
    "before-upgrade-20260103T000000Z-to-2.db",
    "before-upgrade-20260104T000000Z-to-2.db",
    "before-upgrade-20260105T000000Z-to-2.db",
  ]);
});

function migrationsOf(file: string): unknown[] {
  return query(file, "select number from firesteel_migrations order by number").map(({ number }) => number);
}

function runsOf(file: string): { id: string; name: string; cluster: string }[] {
  return query(file, "select id, name, virtual_cluster_id from job_runs order by id").map((row) => ({
    id: String(row.id),
    name: String(row.name),
    cluster: String(row.virtual_cluster_id),
  }));
}

function query(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
