import assert from "node:assert/strict";
import { chmod, open, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Disk } from "../../src/core/ports/disk.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { cutConnection } from "../support/cut-connection.ts";
import { mountSmallDisk, mountUnavailable } from "../support/disks.ts";
import { firesteel } from "../support/firesteel.ts";
import { localServers } from "../support/local-server.ts";
import { postgresUnavailable, startPostgres } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 120_000;
const MIB = 2 ** 20;
const NOBODY = 65_534;
const UNTIL_GO = "echo started >> marks; while [ ! -e go ]; do sleep 0.1; done";
const notRoot =
  process.getuid?.() === 0 ? false : "SKIPPED, not proved here: becoming another user needs root";

test("a full disk: runs wait and say so, writes fail cleanly, and all goes on once there is room", {
  skip: mountUnavailable() ?? false,
}, async (context) => {
  const servers = await localServers(context);
  const disk = await mountSmallDisk(join(servers.directory, "disk"), 48 * MIB);
  servers.afterTheirEnd(() => disk.unmount());
  const dataDir = join(disk.path, "data");
  const server = await servers.start({ dataDir, settings: { "storage.minFreeBytes": "16m" } });
  const cluster = await server.createCluster("c");
  const running = await server.startRun(cluster, UNTIL_GO);
  await server.runReaches(cluster, running.id, "RUNNING");

  const filler = join(disk.path, "filler");
  await fill(filler, 38 * MIB);
  const waiting = await server.startRun(cluster, UNTIL_GO);
  const told = await waitFor("the run to say why it waits", TIMEOUT_MS, async () => {
    const described = await server.describeRun(cluster, waiting.id);
    return described.stateDetails === undefined ? null : described;
  });
  assert.equal(told.state, "PENDING");
  assert.equal(
    told.stateDetails,
    "Waiting for disk space: less than 16 MiB are free (storage.minFreeBytes).",
  );

  await fill(`${filler}-rest`, 64 * MIB);
  const refused = await waitFor("a write to find no room", TIMEOUT_MS, async () => {
    const answer = await server.call("POST", `/virtualclusters/${cluster}/jobruns`, startBody("refused"));
    return answer.status === 200 ? null : answer;
  });
  assert.equal(refused.status, 503);
  assert.match(String(refused.body.message), /^Nothing can be stored at the moment: .*full/);
  assert.equal((await server.describeRun(cluster, running.id)).state, "RUNNING", "reads go on");
  // Its end cannot be recorded now; the record waits for room.
  await rm(`${filler}-rest`);
  await writeFile(join(dataDir, "runs", running.id, "work", "go"), "");
  await server.runReaches(cluster, running.id, "COMPLETED");
  assert.equal((await server.describeRun(cluster, waiting.id)).state, "PENDING", "still below the floor");

  await rm(filler);
  const again = await server.call("POST", `/virtualclusters/${cluster}/jobruns`, startBody("refused"));
  assert.equal(again.status, 200);
  await server.runReaches(cluster, waiting.id, "RUNNING");
  await writeFile(join(dataDir, "runs", waiting.id, "work", "go"), "");
  await server.runReaches(cluster, waiting.id, "COMPLETED");
  const marks = await readFile(join(dataDir, "runs", waiting.id, "work", "marks"), "utf8");
  assert.equal(marks, "started\n");
});

test("below the floor new runs wait, above it they start (a disk that tells what a test wants)", async (context) => {
  const servers = await localServers(context);
  let freeBytes = 0;
  const disk: Disk = { freeBytes: async () => freeBytes };
  const server = await servers.start({ dataDir: join(servers.directory, "data"), parts: { disk } });
  const cluster = await server.createCluster("c");
  const { id } = await server.startRun(cluster, "true");
  await waitFor("the run to say why it waits", TIMEOUT_MS, async () =>
    /^Waiting for disk space/.test(String((await server.describeRun(cluster, id)).stateDetails)),
  );
  freeBytes = 1024 * MIB;
  await server.runReaches(cluster, id, "COMPLETED");
});

test("a disk that takes its time holds up whoever writes, and nobody else", async (context) => {
  const servers = await localServers(context);
  let gate: Promise<void> | null = null;
  const slow: typeof openStore = async (location) => {
    const store = await openStore(location);
    const commit: Store["commit"] = async (changes) => {
      await gate;
      await store.commit(changes);
    };
    return { ...store, commit };
  };
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir, parts: { openStore: slow } });
  const cluster = await server.createCluster("c");
  const done = await server.startRun(cluster, "true");
  await server.runReaches(cluster, done.id, "COMPLETED");

  const { promise, resolve } = Promise.withResolvers<void>();
  gate = promise;
  let answered = false;
  const starting = server.startRun(cluster, "true").then((answer) => {
    answered = true;
    return answer;
  });
  for (let count = 0; count < 20; count += 1)
    assert.equal((await server.describeRun(cluster, done.id)).state, "COMPLETED");
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  assert.equal(answered, false, "nothing is answered before it is stored");
  gate = null;
  resolve();
  const { status, id } = await starting;
  assert.equal(status, 200);
  await server.runReaches(cluster, id, "COMPLETED");
});

test("a read-only disk is refused at the start, and taken once it can be written", {
  skip: mountUnavailable() ?? false,
}, async (context) => {
  const servers = await localServers(context);
  const disk = await mountSmallDisk(join(servers.directory, "disk"), 48 * MIB);
  servers.afterTheirEnd(() => disk.unmount());
  const dataDir = join(disk.path, "data");
  const settings = { "storage.minFreeBytes": "1m" };
  const first = await servers.start({ dataDir, settings });
  const cluster = await first.createCluster("c");
  const { id } = await first.startRun(cluster, "true");
  await first.runReaches(cluster, id, "COMPLETED");
  await first.close();

  disk.setReadOnly(true);
  const refused = await firesteel(["server", "--port", "0", "--data-dir", dataDir]);
  assert.equal(refused.exitCode, 1);
  assert.match(
    refused.stderr,
    /^error: .*disk\/data\/firesteel\.db cannot be opened: EROFS: read-only file system.*\. Check that its directory belongs to this user, can be written, and that the disk has room\.\n$/,
  );
  disk.setReadOnly(false);
  const second = await servers.start({ dataDir, settings });
  assert.equal((await second.describeRun(cluster, id)).state, "COMPLETED");
});

test("somebody else's directory is refused with what would work", { skip: notRoot }, async (context) => {
  const directory = await temporaryDirectory(context);
  await chmod(directory, 0o755);
  const dataDir = join(directory, "data");
  const cache = { FIRESTEEL_CACHE_DIR: join(directory, "cache"), HOME: directory };
  const refused = await firesteel(["server", "--port", "0", "--data-dir", dataDir], {
    user: NOBODY,
    environment: cache,
  });
  assert.equal(refused.exitCode, 1, refused.stdout);
  assert.match(
    refused.stderr,
    /data cannot be used as a data directory: EACCES: permission denied.*--data-dir\.\n$/s,
  );
});

test("a second server on a data directory names the first", async (context) => {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const first = await servers.start({ dataDir });
  const named = (text: string) => text.includes(first.url) && text.includes(`pid ${process.pid}`);
  const second = await firesteel(["server", "--port", "0", "--data-dir", dataDir]);
  assert.equal(second.exitCode, 1);
  assert.ok(named(second.stderr), second.stderr);
  // The lock itself, for one that does not trust the first one's record.
  await assert.rejects(servers.start({ dataDir }), ({ message }: Error) => {
    assert.match(message, /uses .*data: stop it with 'firesteel stop', or name another --data-dir\.$/);
    return named(message);
  });
  assert.equal((await fetch(`${first.url}/readyz`)).status, 200);
});

test("a damaged database is named, with how to restore it, and is left as it is", async (context) => {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir });
  await server.createCluster("c");
  await server.close();
  const database = join(dataDir, "firesteel.db");
  const handle = await open(database, "r+");
  // The schema's page, behind the file's header.
  await handle.write(Buffer.alloc(4000, 0xee), 0, 4000, 96);
  await handle.close();
  const damaged = await readFile(database);
  const refused = await firesteel(["server", "--port", "0", "--data-dir", dataDir]);
  assert.equal(refused.exitCode, 1);
  assert.match(
    refused.stderr,
    /^error: .*firesteel\.db is damaged\. Restore a backup with 'firesteel backup restore FILE --replace'; copies from before upgrades are in .*data\/backups\.\n$/,
  );
  assert.deepEqual(await readFile(database), damaged);
});

test("a port in use is named, with what would work", async (context) => {
  const directory = await temporaryDirectory(context);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  context.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" ? address?.port : null;
  const refused = await firesteel(["server", "--port", String(port), "--data-dir", join(directory, "data")]);
  assert.deepEqual(
    [refused.exitCode, refused.stderr],
    [
      1,
      `error: Cannot listen on 127.0.0.1:${port}: another program listens on it. Stop that, or take another port with --port (0 takes a free one).\n`,
    ],
  );
});

test("a clock behind everything that is stored: what ended stays, what waits runs, ids are new", async (context) => {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const first = await servers.start({ dataDir });
  const cluster = await first.createCluster("c");
  const { id } = await first.startRun(cluster, "true", "before");
  await first.runReaches(cluster, id, "COMPLETED");
  await first.close();
  const database = new DatabaseSync(join(dataDir, "firesteel.db"));
  const later = 30 * 24 * 60 * 60 * 1000;
  database.exec(`update job_runs set created_at_ms = created_at_ms + ${later}, finished_at_ms = finished_at_ms + ${later};
    update applications set created_at_ms = created_at_ms + ${later}, admitted_at_ms = admitted_at_ms + ${later},
      running_at_ms = running_at_ms + ${later}, ended_at_ms = ended_at_ms + ${later};
    update events set at_ms = at_ms + ${later}; update virtual_clusters set created_at_ms = created_at_ms + ${later}`);
  database.close();

  const second = await servers.start({ dataDir });
  assert.equal((await second.describeRun(cluster, id)).state, "COMPLETED");
  assert.equal((await second.startRun(cluster, "true", "before")).id, id, "its token holds");
  const next = await second.startRun(cluster, "true");
  assert.notEqual(next.id, id);
  await second.runReaches(cluster, next.id, "COMPLETED");
});

test("PostgreSQL that goes away is said so, and used again when it is back", {
  skip: postgresUnavailable() ?? false,
}, async (context) => {
  const servers = await localServers(context);
  const postgres = await startPostgres();
  context.after(() => postgres.stop());
  const cut = await cutConnection(await postgres.createDatabase(), join(servers.directory, "socket"));
  context.after(() => cut.close());
  const dataDir = join(servers.directory, "data");
  const server = await servers.start({ dataDir, settings: { "database.url": cut.connectionString } });
  const cluster = await server.createCluster("c");
  const running = await server.startRun(cluster, UNTIL_GO);
  await server.runReaches(cluster, running.id, "RUNNING");

  await cut.cut();
  for (const answer of [
    await server.call("GET", `/virtualclusters/${cluster}/jobruns/${running.id}`),
    await server.call("POST", `/virtualclusters/${cluster}/jobruns`, startBody("token")),
  ]) {
    assert.equal(answer.status, 503);
    assert.match(String(answer.body.message), /^PostgreSQL cannot be used at the moment: /);
  }
  assert.equal((await fetch(`${server.url}/readyz`)).status, 503);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  await writeFile(join(dataDir, "runs", running.id, "work", "go"), "");

  await cut.mend();
  await waitFor("the server to be ready again", TIMEOUT_MS, async () => {
    const { status } = await fetch(`${server.url}/readyz`);
    return status === 200;
  });
  await server.runReaches(cluster, running.id, "COMPLETED");
  const again = await server.call("POST", `/virtualclusters/${cluster}/jobruns`, startBody("token"));
  assert.equal(again.status, 200);
  await server.runReaches(cluster, String(again.body.id), "COMPLETED");
});

/** Writes until the file has its size or the disk is full. */
async function fill(path: string, sizeBytes: number): Promise<void> {
  const handle = await open(path, "w");
  try {
    const piece = Buffer.alloc(64 * 1024, 1);
    for (let size = 0; size < sizeBytes; size += piece.length) await handle.write(piece);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    await handle.close();
  }
}

function startBody(clientToken: string): object {
  return {
    clientToken,
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "local:///usr/lib/spark/program.jar",
        entryPointArguments: ["true"],
        sparkSubmitParameters: "--conf spark.driver.memory=512m --conf spark.executor.instances=0",
      },
    },
  };
}
