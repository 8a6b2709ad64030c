import assert from "node:assert/strict";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { AuditFile } from "../../src/cloud/local/audit-file.ts";
import { applicationId, jobRunId } from "../../src/core/ids.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import {
  type Removed,
  Retention,
  type RetentionParts,
  type RetentionPolicy,
} from "../../src/effects/retention.ts";
import { FakeEngine } from "../../src/engines/fake/fake-engine.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { launchRequest } from "../support/launch-request.ts";
import { localServers } from "../support/local-server.ts";
import {
  aClientToken,
  aJobRun,
  anApplication,
  anEvent,
  aVirtualCluster,
  scope,
} from "../support/store-rows.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW_MS = Date.UTC(2026, 5, 1);
const NODE = "node-1";
const EVER: RetentionPolicy = {
  runsMs: null,
  runDirectoriesMs: null,
  eventsMs: null,
  clientTokensMs: null,
  auditMs: null,
};

async function fixture(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const store = await openSqliteStore({ file: join(directory, "firesteel.db") });
  context.after(() => store.close());
  const clock = { now: () => NOW_MS };
  const engine = new FakeEngine(clock);
  const auditDirectory = join(directory, "audit");
  const audit = new AuditFile({
    directory: auditDirectory,
    clock,
    onProblem: (message) => assert.fail(message),
  });
  const stopping = new AbortController();
  const told: Removed[] = [];
  const retention = (policy: Partial<RetentionPolicy>, different: Partial<RetentionParts> = {}) =>
    new Retention(
      {
        ...{ store, clock, node: NODE, engine, audit, stopping: stopping.signal },
        pause: async () => undefined,
        ...different,
      },
      { ...EVER, ...policy },
      (removed) => told.push(removed),
    );
  await store.commit([{ kind: "virtual-cluster", row: aVirtualCluster("cluster") }]);
  return { store, engine, retention, told, stopping, auditDirectory };
}

/** A run that ended so many days ago, or runs on; its application's directory is what the fake engine knows. */
async function addRun(
  store: Store,
  engine: FakeEngine,
  id: string,
  endedDaysAgo: number | null,
  node = NODE,
): Promise<void> {
  const endedAtMs = endedDaysAgo === null ? null : NOW_MS - endedDaysAgo * DAY_MS;
  const longAgo = NOW_MS - 1000 * DAY_MS;
  const changes: Change[] = [
    {
      kind: "job-run",
      row: aJobRun(id, {
        clientToken: `token-${id}`,
        state: endedAtMs === null ? "RUNNING" : "COMPLETED",
        createdAtMs: longAgo,
        finishedAtMs: endedAtMs,
      }),
    },
    {
      kind: "application",
      row: anApplication(id, {
        owner: { kind: "job-run", id },
        node,
        state: endedAtMs === null ? "running" : "succeeded",
        createdAtMs: longAgo,
        endedAtMs,
      }),
    },
    {
      kind: "client-token",
      row: aClientToken(`token-${id}`, { resourceId: id, createdAtMs: endedAtMs ?? longAgo }),
    },
    { kind: "event", event: anEvent(id, { atMs: endedAtMs ?? longAgo }) },
  ];
  await store.commit(changes);
  await engine.launch(launchRequest(applicationId(id)));
  if (endedAtMs !== null) engine.finish(applicationId(id), { code: 0 });
}

test("old runs go with their directories; young ones, running ones and another node's stay", async (context) => {
  const { store, engine, retention, told } = await fixture(context);
  for (let index = 0; index < 50; index += 1) await addRun(store, engine, `old-${index}`, 11 + index);
  await addRun(store, engine, "young", 9);
  await addRun(store, engine, "running", null);
  await addRun(store, engine, "elsewhere", 500, "node-2");
  await retention({ runsMs: 10 * DAY_MS }).run();
  assert.deepEqual(told, [{ runs: 50, runDirectories: 0, events: 0, clientTokens: 0, auditFiles: 0 }]);
  const held = (await Array.fromAsync(engine.list())).sort();
  assert.deepEqual(held, ["elsewhere", "running", "young"]);
  for (const id of ["elsewhere", "running", "young"]) assert.ok(await store.jobRuns.byId(jobRunId(id)), id);
  assert.equal(await store.jobRuns.byId(jobRunId("old-0")), null);
  assert.equal(await store.clientTokens.get(scope, "StartJobRun", "token-old-0"), null);
  await retention({ runsMs: 10 * DAY_MS }).run();
  assert.equal(told.length, 1, "a pass that finds nothing says nothing");
});

test("what cannot be removed is told, and holds up nothing else", async (context) => {
  const { store, engine, retention, told } = await fixture(context);
  await addRun(store, engine, "stuck", 12);
  await addRun(store, engine, "old", 11);
  engine.forget(applicationId("stuck"));
  await engine.launch(launchRequest(applicationId("stuck")));
  const tooOld = retention({ runsMs: 10 * DAY_MS });
  await assert.rejects(tooOld.run(), /stuck has not ended: it is running/);
  assert.deepEqual([told[0]?.runs, await store.jobRuns.byId(jobRunId("old"))], [1, null]);
  assert.ok(await store.jobRuns.byId(jobRunId("stuck")));
  engine.finish(applicationId("stuck"), { code: 0 });
  await tooOld.run();
  assert.equal(await store.jobRuns.byId(jobRunId("stuck")), null);
});

test("directories go before their runs, and what runs keeps its own however old it is", async (context) => {
  const { store, engine, retention, told } = await fixture(context);
  await addRun(store, engine, "old", 11);
  await addRun(store, engine, "young", 9);
  await addRun(store, engine, "running", null);
  await retention({ runDirectoriesMs: 10 * DAY_MS }).run();
  assert.deepEqual((await Array.fromAsync(engine.list())).sort(), ["running", "young"]);
  assert.ok(await store.jobRuns.byId(jobRunId("old")));
  assert.equal(told[0]?.runDirectories, 1);
});

test("events, client tokens and audit files go by their age", async (context) => {
  const { store, engine, retention, told, auditDirectory } = await fixture(context);
  await addRun(store, engine, "old", 11);
  await addRun(store, engine, "young", 9);
  await mkdir(auditDirectory);
  for (const name of [
    "audit-2026-05-21.jsonl",
    "audit-2026-05-22.jsonl",
    "audit-2026-06-01.jsonl",
    "notes.txt",
  ])
    await writeFile(join(auditDirectory, name), "{}\n");
  const age = 10 * DAY_MS;
  await retention({ eventsMs: age, clientTokensMs: age, auditMs: age }).run();
  assert.deepEqual(told, [{ runs: 0, runDirectories: 0, events: 1, clientTokens: 1, auditFiles: 1 }]);
  assert.deepEqual(
    (await store.events.after(scope.account, 0, 9)).map(({ cursor }) => cursor),
    [2],
  );
  assert.equal(await store.clientTokens.get(scope, "StartJobRun", "token-old"), null);
  assert.ok(await store.clientTokens.get(scope, "StartJobRun", "token-young"));
  assert.deepEqual((await readdir(auditDirectory)).sort(), [
    "audit-2026-05-22.jsonl",
    "audit-2026-06-01.jsonl",
    "notes.txt",
  ]);
});

test("nothing goes where everything is kept for ever, and nothing more once the server stops", async (context) => {
  const { store, engine, retention, told, stopping } = await fixture(context);
  await addRun(store, engine, "old", 5000);
  await retention({}).run();
  stopping.abort();
  await retention({ runsMs: 1, runDirectoriesMs: 1, eventsMs: 1, clientTokensMs: 1, auditMs: 1 }).run();
  assert.deepEqual(told, []);
  assert.ok(await store.jobRuns.byId(jobRunId("old")));
});

test("thousands of runs go in small pieces, and others go first after each of them", async (context) => {
  const { store, engine, retention, told } = await fixture(context);
  for (let index = 0; index < 3000; index += 250) {
    const rows = Array.from({ length: 250 }, (_, offset): Change[] => {
      const id = `r${index + offset}`;
      return [
        {
          kind: "job-run",
          row: aJobRun(id, { clientToken: id, state: "COMPLETED", finishedAtMs: 1 + index }),
        },
        {
          kind: "application",
          row: anApplication(id, { owner: { kind: "job-run", id }, state: "succeeded" }),
        },
        { kind: "event", event: anEvent(id, { atMs: 1 }) },
      ];
    });
    await store.commit(rows.flat());
  }
  const done: string[] = [];
  const watched: Store = {
    ...store,
    retention: {
      ...store.retention,
      async agedEvents(...given) {
        const aged = await store.retention.agedEvents(...given);
        const events = aged.reduce((sum, { count }) => sum + count, 0);
        assert.ok(events <= 500, `${events} events at once`);
        return aged;
      },
    },
    async commit(changes) {
      assert.ok(changes.length <= 20, `${changes.length} runs at once`);
      done.push("commit");
      await store.commit(changes);
    },
    ping: () => store.ping(),
    close: () => store.close(),
  };
  const pause = async () => void done.push("pause");
  await retention({ runsMs: DAY_MS, eventsMs: DAY_MS }, { store: watched, pause }).run();
  assert.deepEqual([told[0]?.runs, told[0]?.events], [3000, 3000]);
  const pieces = done.length / 2;
  assert.deepEqual(done, Array.from({ length: pieces }, () => ["commit", "pause"]).flat());
  assert.ok(pieces >= 156, `${pieces} pieces`);
  assert.equal((await store.retention.endedRuns(NOW_MS, null, 1)).length, 0);
  assert.equal(await engine.processes().then(({ length }) => length), 0);
});

test("a server removes what is older than its settings from its start on", async (context) => {
  const servers = await localServers(context);
  const dataDir = join(servers.directory, "data");
  const first = await servers.start({ dataDir });
  const cluster = await first.createCluster("c");
  const { id } = await first.startRun(cluster, "true");
  await first.runReaches(cluster, id, "COMPLETED");
  await first.close();
  const day = new Date(Date.now() - 3 * DAY_MS);
  const audit = join(dataDir, "audit", `audit-${day.toISOString().slice(0, 10)}.jsonl`);
  await writeFile(audit, "{}\n");
  await utimes(audit, day, day);
  const store = await openSqliteStore({ file: join(dataDir, "firesteel.db") });
  const run = (await store.jobRuns.byId(jobRunId(id))) ?? assert.fail("no run");
  const application = (await store.applications.get(applicationId(id))) ?? assert.fail("no application");
  await store.commit([
    { kind: "job-run", row: { ...run, finishedAtMs: day.getTime() } },
    { kind: "application", row: { ...application, endedAtMs: day.getTime() } },
  ]);
  await store.close();

  const settings = { "retention.runsDays": "2", "retention.auditDays": "1" };
  const second = await servers.start({ dataDir, settings });
  const gone = await waitFor("the old run to be gone", 120_000, async () => {
    const { status, body } = await second.call("GET", `/virtualclusters/${cluster}/jobruns/${id}`);
    return status === 200 ? null : body;
  });
  assert.match(String(gone.message), /doesn't exist/);
  assert.deepEqual(await readdir(join(dataDir, "runs")), []);
  // The pass tells what it has removed once it is over.
  await waitFor("the pass to be over", 120_000, async () =>
    /removed what is older than its settings keep/.test(second.log()),
  );
  const kept = await readdir(join(dataDir, "audit"));
  assert.ok(kept.length > 0 && !kept.includes(basename(audit)), kept.join());
});
