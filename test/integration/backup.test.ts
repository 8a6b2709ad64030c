import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { ArchiveWriter } from "../../src/backup/archive-writer.ts";
import { firesteel } from "../support/firesteel.ts";
import { type LocalServer, type LocalServers, localServers } from "../support/local-server.ts";
import { postgresUnavailable, startPostgres } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

const PASSPHRASE = { FIRESTEEL_BACKUP_PASSPHRASE: "correct horse battery staple" };
const UNTIL_GO = "echo started >> marks; echo working; while [ ! -e go ]; do sleep 0.1; done";

async function create(dataDir: string, target: string, ...args: string[]) {
  return firesteel(["backup", "create", target, "--data-dir", dataDir, "-o", "json", ...args], {
    environment: PASSPHRASE,
  });
}

async function restore(file: string, dataDir: string, ...args: string[]) {
  return firesteel(["backup", "restore", file, "--data-dir", dataDir, "-o", "json", ...args], {
    environment: PASSPHRASE,
  });
}

interface Scene {
  readonly servers: LocalServers;
  readonly server: LocalServer;
  readonly dataDir: string;
  readonly cluster: string;
  readonly running: string;
}

/** A server with a run whose driver waits for the test. */
async function scene(context: TestContext): Promise<Scene> {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir });
  const cluster = await server.createCluster("c");
  const { id: running } = await server.startRun(cluster, UNTIL_GO);
  await server.runReaches(cluster, running, "RUNNING");
  return { servers, server, dataDir, cluster, running };
}

test("a backup of a running server is restored elsewhere: what ended is there, what waited starts, what ran is lost", async (context) => {
  const { servers, server, dataDir, cluster, running } = await scene(context);
  const done = await server.startRun(cluster, "true", "done");
  await server.runReaches(cluster, done.id, "COMPLETED");
  // Two cores promised twice: these fill what is left, and the last waits in line.
  for (let index = 0; index < 3; index += 1) {
    const { id } = await server.startRun(cluster, UNTIL_GO);
    await server.runReaches(cluster, id, "RUNNING");
  }
  const waiting = await server.startRun(cluster, "echo late", "waiting");
  assert.equal((await server.describeRun(cluster, waiting.id)).state, "PENDING");
  await symlink(join(dataDir, "keys", "at-rest.key"), join(dataDir, "runs", running, "event-logs", "stolen"));

  const file = join(servers.directory, "b.tar");
  const made = await create(dataDir, file);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.equal(JSON.parse(made.stdout).runsInFlight, 4);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(
    (await readdir(servers.directory)).sort(),
    ["b.tar", "data", "runtime"],
    "nothing half-made is left",
  );

  const target = join(servers.directory, "restored");
  const restored = await restore(file, target);
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.equal(JSON.parse(restored.stdout).runsLost, 4);
  assert.equal((await stat(target)).mode & 0o777, 0o700);
  assert.equal((await stat(join(target, "keys", "at-rest.key"))).mode & 0o777, 0o600);
  assert.notEqual(
    await readFile(join(target, "node-id"), "utf8"),
    await readFile(join(dataDir, "node-id"), "utf8"),
  );

  const second = await servers.start({ dataDir: target });
  assert.equal((await second.describeRun(cluster, done.id)).state, "COMPLETED");
  const lost = await second.runReaches(cluster, running, "FAILED");
  assert.equal(lost.failureReason, "INTERNAL_ERROR");
  assert.match(
    String(lost.stateDetails),
    /^Trouble monitoring your JobRun due to an internal error: This server was restored from a backup of 2\d{3}-.*Z; the run's driver was left behind where that was made\.$/,
  );
  await second.runReaches(cluster, waiting.id, "COMPLETED");
  assert.equal((await second.startRun(cluster, "true", "done")).id, done.id, "client tokens hold");
  const logs = await Array.fromAsync(second.engine.logs(running as never, "driver", "stdout", 0));
  assert.equal(Buffer.concat(logs.map(({ bytes }) => bytes)).toString(), "working\n");

  // The machine that it was made on is none the wiser.
  assert.equal((await server.describeRun(cluster, running)).state, "RUNNING");
  await writeFile(join(dataDir, "runs", running, "work", "go"), "");
  await server.runReaches(cluster, running, "COMPLETED");
});

test("after its database was damaged, a directory is restored in place and its drivers are adopted", async (context) => {
  const { servers, server, dataDir, cluster, running } = await scene(context);
  const made = await create(dataDir, servers.directory);
  assert.equal(made.exitCode, 0, made.stderr);
  const { file } = JSON.parse(made.stdout);
  assert.match(file, /\/firesteel-backup-\d{8}T\d{6}Z\.tar$/);
  await server.close();
  const database = join(dataDir, "firesteel.db");
  await writeFile(database, "this was a database once");
  const refused = await firesteel(["server", "--port", "0", "--data-dir", dataDir]);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /firesteel\.db is not a database of Firesteel/);

  const restored = await restore(file, dataDir, "--replace");
  assert.equal(restored.exitCode, 0, restored.stderr);
  const { replaced, runsLost } = JSON.parse(restored.stdout);
  assert.equal(runsLost, 0);
  assert.equal(await readFile(join(replaced, "firesteel.db"), "utf8"), "this was a database once");

  const second = await servers.start({ dataDir });
  assert.equal((await second.describeRun(cluster, running)).state, "RUNNING");
  await writeFile(join(dataDir, "runs", running, "work", "go"), "");
  await second.runReaches(cluster, running, "COMPLETED");
  assert.equal(await readFile(join(dataDir, "runs", running, "work", "marks"), "utf8"), "started\n");
});

test("an archive is what tar and sha256sum know, and holds buckets and audit files where asked", async (context) => {
  const { servers, server, dataDir } = await scene(context);
  const long = `${"long/".repeat(40)}name-ä\\with\nbreak`;
  await mkdir(join(dataDir, "buckets", "lake", ...long.split("/").slice(0, -1)), { recursive: true });
  await writeFile(join(dataDir, "buckets", "lake", long), "precious");
  await server.call("GET", "/virtualclusters");
  await server.close();
  const file = join(servers.directory, "b.tar");
  assert.equal((await create(dataDir, file, "--include-buckets", "--include-audit")).exitCode, 0);
  const unpacked = join(servers.directory, "unpacked");
  await mkdir(unpacked);
  execFileSync("tar", ["-xf", file, "-C", unpacked]);
  execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: unpacked });
  assert.equal(await readFile(join(unpacked, "buckets", "lake", long), "utf8"), "precious");
  assert.match((await readdir(join(unpacked, "audit"))).join(), /^audit-.*\.jsonl$/);
  const sealed = await readFile(join(unpacked, "keys.sealed"), "utf8");
  assert.ok(!sealed.includes((await readFile(join(dataDir, "keys", "at-rest.key"), "utf8")).trim()));

  const target = join(servers.directory, "restored");
  assert.equal((await restore(file, target)).exitCode, 0);
  assert.equal(await readFile(join(target, "buckets", "lake", long), "utf8"), "precious");
});

test("what is committed during a backup is in it as a whole or not at all", async (context) => {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir });
  const cluster = await server.createCluster("c");
  let stop = false;
  const answered: string[] = [];
  const load = async () => {
    while (!stop) answered.push((await server.startRun(cluster, "true")).id);
  };
  const loading = [load(), load(), load(), load()];
  const file = join(servers.directory, "b.tar");
  let before: readonly string[] = [];
  try {
    await waitFor("some runs to be answered", 120_000, async () => answered.length >= 20);
    before = [...answered];
    assert.equal((await create(dataDir, file, "--without-keys")).exitCode, 0);
  } finally {
    stop = true;
    await Promise.all(loading);
  }
  const unpacked = join(servers.directory, "unpacked");
  await mkdir(unpacked);
  execFileSync("tar", ["-xf", file, "-C", unpacked]);
  const database = new DatabaseSync(join(unpacked, "firesteel.db"));
  try {
    const ids = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map(({ id }) => String(id));
    const runs = ids("select id from job_runs");
    assert.deepEqual(
      before.filter((id) => !runs.includes(id)),
      [],
      "answered before, so in it",
    );
    assert.deepEqual(ids("select owner_id as id from applications").sort(), runs.sort());
    assert.deepEqual(
      ids("select distinct subject_id as id from events where subject_kind = 'job-run'").sort(),
      runs,
    );
    assert.ok(!(await readdir(unpacked)).includes("keys.sealed"));
  } finally {
    database.close();
  }
});

test("what cannot be done is refused by name, and nothing is left behind", async (context) => {
  const { servers, server, dataDir } = await scene(context);
  const { directory } = servers;
  const file = join(directory, "b.tar");
  assert.equal((await create(dataDir, file)).exitCode, 0);
  const target = join(directory, "restored");
  const none = { environment: { FIRESTEEL_BACKUP_PASSPHRASE: "" } };
  const command = (...args: string[]) => firesteel(args, none);

  const noPassphrase = await command("backup", "create", join(directory, "c.tar"), "--data-dir", dataDir);
  assert.deepEqual(
    [noPassphrase.exitCode, noPassphrase.stderr],
    [
      2,
      "error: the keys need a passphrase\n  Give one with --passphrase-file or FIRESTEEL_BACKUP_PASSPHRASE, or leave the keys out with --without-keys.\n",
    ],
  );
  assert.match(
    (await create(dataDir, file)).stderr,
    /b\.tar is there already: a backup is never written over/,
  );
  assert.match((await create(join(directory, "nowhere"), directory)).stderr, /no server has ever run on it/);
  assert.match((await restore(file, dataDir)).stderr, /a server runs on .*data: http.* \(pid \d+\)/);

  const other = join(directory, "passphrase");
  await writeFile(other, "another\n");
  const wrong = await restore(file, target, "--passphrase-file", other);
  assert.match(
    wrong.stderr,
    /cannot be restored: the passphrase is not the one that the backup was made with\./,
  );

  const { size } = await stat(file);
  const cut = join(directory, "cut.tar");
  await copyFile(file, cut);
  await truncate(cut, Math.floor(size * 0.9));
  assert.match((await restore(cut, target)).stderr, /cut\.tar cannot be restored: it ends in the middle\./);

  const flipped = join(directory, "flipped.tar");
  const bytes = await readFile(file);
  // In a page of the database: no header, no padding.
  const at = bytes.indexOf("CREATE TABLE job_runs");
  assert.ok(at > 0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(flipped, bytes);
  assert.match((await restore(flipped, target)).stderr, /cannot be restored: its checksums do not match\./);

  const evil = await archive(join(directory, "evil.tar"), { "manifest.json": "{}", "../../evil": "x" });
  assert.match((await restore(evil, target)).stderr, /its manifest is damaged|leads out of it/);
  const outside = await archive(join(directory, "outside.tar"), { "a/../../evil": "x" });
  assert.match(
    (await restore(outside, target)).stderr,
    /has the path 'a\/\.\.\/\.\.\/evil', which leads out of it/,
  );
  const manifest = JSON.stringify({ format: 99, version: "9.0.0" });
  const future = await archive(join(directory, "future.tar"), { "manifest.json": manifest });
  assert.match(
    (await restore(future, target)).stderr,
    /it has format 99, made by Firesteel 9\.0\.0; this one knows up to 1/,
  );
  await assert.rejects(stat(target), { code: "ENOENT" });
  await assert.rejects(stat(`${target}.restoring`), { code: "ENOENT" });

  await server.close();
  assert.match((await restore(file, dataDir)).stderr, /is not empty: name a new directory, or add --replace/);
  const elsewhere = join(directory, "elsewhere");
  const fresh = await servers.start({ dataDir: elsewhere });
  await fresh.close();
  assert.match(
    (await restore(file, elsewhere, "--replace")).stderr,
    /is of another data directory than .*elsewhere/,
  );
  assert.equal((await restore(file, target, "--without-keys")).exitCode, 0);
  const keyless = await firesteel(["server", "--port", "0", "--data-dir", target]);
  assert.equal(keyless.exitCode, 1);
  assert.match(
    keyless.stderr,
    /keys\/at-rest\.key is missing, and the database holds secrets .* restore it from a backup/,
  );
});

test("where the database is PostgreSQL, the rest is backed up and pg_dump is asked for", {
  skip: postgresUnavailable() ?? false,
}, async (context) => {
  const servers = await localServers(context);
  const postgres = await startPostgres();
  context.after(() => postgres.stop());
  const url = await postgres.createDatabase();
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir, settings: { "database.url": url } });
  const cluster = await server.createCluster("c");
  const { id } = await server.startRun(cluster, UNTIL_GO);
  await server.runReaches(cluster, id, "RUNNING");
  const file = join(servers.directory, "b.tar");
  const made = await create(dataDir, file, "--set", `database.url=${url}`);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stderr, /the database is in PostgreSQL and not in this file: back it up with pg_dump/);
  const entries = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).split("\n");
  assert.ok(entries.includes("keys.sealed") && entries.includes(`runs/${id}/launch.json`));
  assert.ok(!entries.includes("firesteel.db"));
  await server.close();

  const target = join(servers.directory, "restored");
  const restored = await restore(file, target);
  assert.equal(restored.exitCode, 0, restored.stderr);
  assert.match(
    restored.stderr,
    /the database is in PostgreSQL: restore the dump that was made with this backup/,
  );
  const node = (directory: string) => readFile(join(directory, "node-id"), "utf8");
  assert.equal(await node(target), await node(dataDir), "the rows are this node's");
});

async function archive(file: string, entries: Readonly<Record<string, string>>): Promise<string> {
  const handle = await open(file, "w");
  const writer = new ArchiveWriter(handle);
  for (const [path, content] of Object.entries(entries)) await writer.addText(path, content);
  await writer.finish();
  await handle.close();
  return file;
}
