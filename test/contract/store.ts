import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { APPLICATION_STATES } from "../../src/core/application/application.ts";
import {
  accessKeyId,
  accountId,
  applicationId,
  jobRunId,
  region,
  virtualClusterId,
} from "../../src/core/ids.ts";
import { ACTIVE_JOB_RUN_STATES, type JobRunState } from "../../src/core/job-run/job-run.ts";
import { type Change, DuplicateError, StaleVersionError, type Store } from "../../src/core/ports/store.ts";
import { sampleSpec } from "../support/samples.ts";
import {
  aClientToken,
  aJobRun,
  aLogDelivery,
  anAccessKey,
  anApplication,
  anEffect,
  anEvent,
  aVirtualCluster,
  scope,
} from "../support/store-rows.ts";
import { storeConcurrencyContract } from "./store-concurrency.ts";
import { storeDatabricksContract } from "./store-databricks.ts";
import { storeListsContract } from "./store-lists.ts";
import { storeMailsContract } from "./store-mails.ts";
import { storeRetentionContract } from "./store-retention.ts";

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens what it wrote again. */
  reopen(): Promise<Store>;
  dispose(): Promise<void>;
}

/** Runs `use` on an empty store and disposes of it. */
export type WithStore = (use: (store: Store, opened: OpenedStore) => Promise<void>) => () => Promise<void>;

/** What every adapter of the `Store` port does. `open` answers a new, empty store each time. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  const withStore: WithStore = (use) => async () => {
    const opened = await open();
    try {
      await use(opened.store, opened);
    } finally {
      await opened.dispose();
    }
  };

  describe(`${name}: the store's contract`, () => {
    describe("versioned rows", () => versionedRows(withStore));
    describe("names and tokens", () => namesAndTokens(withStore));
    describe("effects, events and deliveries", () => effectsEventsDeliveries(withStore));
    describe("commits", () => commits(withStore));
    describe("Databricks", () => storeDatabricksContract(withStore));
    describe("mails", () => storeMailsContract(withStore));
    describe("lists", () => storeListsContract(withStore));
    describe("retention", () => storeRetentionContract(withStore));
    describe("concurrency", () => storeConcurrencyContract(withStore));
  });
}

const otherRegion = { ...scope, region: region("us-east-1") };
const otherAccount = { ...scope, account: accountId("999988887777") };
const clusterRow: Change = { kind: "virtual-cluster", row: aVirtualCluster("cluster") };

/** A kind of row with a version: how it is made, changed in every field that changes, and read. */
interface Versioned {
  readonly kind: string;
  readonly needs: readonly Change[];
  readonly first: Change;
  readonly second: Change;
  read(store: Store): Promise<{ readonly version: number } | null>;
}

const cluster = aVirtualCluster("cluster");
const run = aJobRun("run");
const application = anApplication("application");
const key = anAccessKey("AKIAEXAMPLE");
const VERSIONED: readonly Versioned[] = [
  {
    kind: "virtual-cluster",
    needs: [],
    first: { kind: "virtual-cluster", row: cluster },
    second: {
      kind: "virtual-cluster",
      row: {
        ...cluster,
        state: "TERMINATED",
        limits: { maxConcurrentJobRuns: 1_000, maxInQueueJobRuns: 1 },
        tags: { new: "tag" },
        terminatedAtMs: 1_795_000_000_001,
        version: 1,
      },
    },
    read: (store) => store.virtualClusters.get(scope, cluster.id),
  },
  {
    kind: "job-run",
    needs: [clusterRow],
    first: { kind: "job-run", row: run },
    second: {
      kind: "job-run",
      row: {
        ...run,
        state: "FAILED",
        stateDetails: "Ärger ".repeat(40),
        failureReason: "USER_ERROR",
        cancelRequestedAtMs: 1_795_000_000_001,
        tags: { a: "b" },
        finishedAtMs: 1_795_000_000_002,
        version: 1,
      },
    },
    read: (store) => store.jobRuns.get(scope, run.virtualClusterId, run.id),
  },
  {
    kind: "application",
    needs: [],
    first: { kind: "application", row: application },
    second: {
      kind: "application",
      row: {
        ...application,
        node: "node-2",
        state: "killed",
        waitingFor: "cores",
        grant: { asked: { cores: 4, memoryBytes: 8 }, granted: { cores: 2, memoryBytes: 4 } },
        killRequestedAtMs: 1,
        killReason: "cancelled",
        exit: { cause: "killed", code: null, signal: "SIGKILL", summary: "gone", atMs: 2 },
        logProblem: "disk full",
        admittedAtMs: 3,
        runningAtMs: 4,
        endedAtMs: 5,
        version: 1,
      },
    },
    read: (store) => store.applications.get(application.id),
  },
  {
    kind: "access-key",
    needs: [],
    first: { kind: "access-key", row: key },
    second: { kind: "access-key", row: { ...key, encryptedSecret: "bmV3", state: "Inactive", version: 1 } },
    read: (store) => store.accessKeys.get(key.id),
  },
];

function rowOf(change: Change): { readonly version: number } {
  assert.ok("row" in change && "version" in change.row, "a change with a versioned row");
  return change.row;
}

function versionedRows(withStore: WithStore): void {
  for (const { kind, needs, first, second, read } of VERSIONED) {
    it(
      `${kind}: is inserted, changed and guarded by its version`,
      withStore(async (store) => {
        assert.equal(await read(store), null);
        await store.commit([...needs, first]);
        assert.deepEqual(await read(store), { ...rowOf(first), version: 1 });
        await assert.rejects(store.commit([first]), DuplicateError, "inserting an id that is there");

        await store.commit([second]);
        assert.deepEqual(await read(store), { ...rowOf(second), version: 2 });
        await assert.rejects(store.commit([second]), StaleVersionError, "writing over version 1 again");
        assert.deepEqual(await read(store), { ...rowOf(second), version: 2 });
      }),
    );

    it(
      `${kind}: is not made by an update`,
      withStore(async (store) => {
        await store.commit(needs);
        await assert.rejects(store.commit([second]), StaleVersionError);
        assert.equal(await read(store), null);
      }),
    );
  }

  it(
    "is read within its account and region only",
    withStore(async (store) => {
      await store.commit([
        clusterRow,
        { kind: "job-run", row: run },
        { kind: "client-token", row: aClientToken("t") },
      ]);
      for (const elsewhere of [otherRegion, otherAccount]) {
        assert.equal(await store.virtualClusters.get(elsewhere, cluster.id), null);
        assert.equal(await store.virtualClusters.holdingName(elsewhere, cluster.name), null);
        const { eksClusterId, namespace } = cluster;
        assert.equal(await store.virtualClusters.holdingNamespace(elsewhere, eksClusterId, namespace), null);
        assert.equal(await store.jobRuns.get(elsewhere, cluster.id, run.id), null);
        assert.equal(await store.clientTokens.get(elsewhere, "StartJobRun", "t"), null);
      }
      assert.equal(await store.jobRuns.get(scope, virtualClusterId("another"), run.id), null);
    }),
  );

  it(
    "a job run is found by its id alone, and counted by state",
    withStore(async (store) => {
      const done = { ...run, id: jobRunId("done"), state: "COMPLETED" } as const;
      await store.commit([clusterRow, { kind: "job-run", row: run }, { kind: "job-run", row: done }]);
      assert.equal((await store.jobRuns.byId(done.id))?.state, "COMPLETED");
      assert.equal(await store.jobRuns.byId(jobRunId("none")), null);
      const count = (...of: readonly JobRunState[]) => store.jobRuns.count(cluster.id, of);
      assert.deepEqual(
        [await count("PENDING"), await count("RUNNING"), await count("PENDING", "COMPLETED")],
        [1, 0, 2],
      );
      assert.equal(await store.jobRuns.count(cluster.id, ["PENDING", "COMPLETED"], 1), 1);
    }),
  );

  it(
    "an unchanged cluster is a guard that writes nothing",
    withStore(async (store) => {
      await store.commit([clusterRow]);
      const unchanged: Change = { kind: "virtual-cluster-unchanged", id: cluster.id, version: 1 };
      await store.commit([unchanged, { kind: "job-run", row: run }]);
      assert.equal((await store.virtualClusters.get(scope, cluster.id))?.version, 1);

      await store.commit([{ kind: "virtual-cluster", row: { ...cluster, version: 1 } }]);
      const late: Change = { kind: "job-run", row: { ...run, id: jobRunId("late") } };
      await assert.rejects(store.commit([unchanged, late]), StaleVersionError);
      assert.equal(await store.jobRuns.byId(jobRunId("late")), null);
      const gone: Change = { ...unchanged, id: virtualClusterId("none") };
      await assert.rejects(store.commit([gone]), StaleVersionError);
    }),
  );

  it(
    "a bound on runs in some states is a guard that counts what is stored",
    withStore(async (store) => {
      await store.commit([clusterRow]);
      const queued = (id: string, state: JobRunState = "PENDING"): Change => {
        return { kind: "job-run", row: { ...run, id: jobRunId(id), state } };
      };
      const below = (limit: number): Change => {
        return { kind: "job-runs-below", cluster: cluster.id, states: ["PENDING", "SUBMITTED"], limit };
      };
      await store.commit([queued("one"), below(1), queued("other", "RUNNING")]);
      await assert.rejects(store.commit([below(1), queued("two")]), StaleVersionError);
      assert.equal(await store.jobRuns.byId(jobRunId("two")), null);
      await store.commit([below(2), queued("two", "SUBMITTED")]);
      await assert.rejects(store.commit([below(2)]), StaleVersionError);
      await store.commit([below(3)]);
      assert.equal((await store.virtualClusters.get(scope, cluster.id))?.version, 1, "it writes nothing");
    }),
  );

  it(
    "clusters that are being deleted are found once none of their runs is active",
    withStore(async (store) => {
      const terminating = (id: string, createdAtMs: number): Change => {
        return { kind: "virtual-cluster", row: aVirtualCluster(id, { state: "TERMINATING", createdAtMs }) };
      };
      const runOf = (id: string, state: JobRunState): Change => {
        const row = { ...run, id: jobRunId(`run-${id}`), virtualClusterId: virtualClusterId(id), state };
        return { kind: "job-run", row };
      };
      await store.commit([
        clusterRow,
        terminating("busy", 1),
        terminating("later", 3),
        terminating("emptied", 2),
        runOf("busy", "CANCEL_PENDING"),
        runOf("emptied", "COMPLETED"),
      ]);
      const emptied = async (limit: number) =>
        (await store.virtualClusters.emptied(ACTIVE_JOB_RUN_STATES, limit)).map(({ id }) => id);
      assert.deepEqual(await emptied(10), ["emptied", "later"]);
      assert.deepEqual(await emptied(1), ["emptied"]);
    }),
  );

  it(
    "access keys are listed newest first",
    withStore(async (store) => {
      const rows = [anAccessKey("A", { createdAtMs: 1 }), anAccessKey("C", { createdAtMs: 2 })];
      rows.push(anAccessKey("B", { createdAtMs: 2 }));
      await store.commit(rows.map((row) => ({ kind: "access-key", row })));
      const ids = (await store.accessKeys.list()).map(({ id }) => id);
      assert.deepEqual(ids, ["C", "B", "A"].map(accessKeyId));
    }),
  );
}

function namesAndTokens(withStore: WithStore): void {
  it(
    "one live cluster holds a name, and one a namespace of an EKS cluster",
    withStore(async (store) => {
      const holder = aVirtualCluster("holder", { name: "n", namespace: "ns" });
      await store.commit([{ kind: "virtual-cluster", row: holder }]);
      assert.equal((await store.virtualClusters.holdingName(scope, "n"))?.id, "holder");
      assert.equal((await store.virtualClusters.holdingNamespace(scope, "eks-1", "ns"))?.id, "holder");

      for (const state of ["RUNNING", "TERMINATING", "ARRESTED"] as const) {
        const held = { ...holder, ...(await store.virtualClusters.get(scope, holder.id)), state };
        await store.commit([{ kind: "virtual-cluster", row: held }]);
        assert.equal((await store.virtualClusters.holdingName(scope, "n"))?.state, state);
        const sameName = aVirtualCluster("same-name", { name: "n" });
        await assert.rejects(
          store.commit([{ kind: "virtual-cluster", row: sameName }]),
          DuplicateError,
          state,
        );
        const sameNamespace = aVirtualCluster("same-namespace", { namespace: "ns" });
        await assert.rejects(
          store.commit([{ kind: "virtual-cluster", row: sameNamespace }]),
          DuplicateError,
          state,
        );
      }
      const elsewhere = [
        aVirtualCluster("region", { ...otherRegion, name: "n", namespace: "ns" }),
        aVirtualCluster("account", { ...otherAccount, name: "n", namespace: "ns" }),
        aVirtualCluster("eks", { eksClusterId: "eks-2", namespace: "ns" }),
      ];
      await store.commit(elsewhere.map((row) => ({ kind: "virtual-cluster", row })));
    }),
  );

  it(
    "a terminated cluster frees its name and its namespace",
    withStore(async (store) => {
      const old = aVirtualCluster("old", { name: "n", namespace: "ns" });
      await store.commit([{ kind: "virtual-cluster", row: old }]);
      await store.commit([{ kind: "virtual-cluster", row: { ...old, state: "TERMINATED", version: 1 } }]);
      assert.equal(await store.virtualClusters.holdingName(scope, "n"), null);
      assert.equal(await store.virtualClusters.holdingNamespace(scope, "eks-1", "ns"), null);
      await store.commit([
        { kind: "virtual-cluster", row: aVirtualCluster("new", { name: "n", namespace: "ns" }) },
      ]);
      assert.equal((await store.virtualClusters.holdingName(scope, "n"))?.id, "new");
    }),
  );

  it(
    "a client token is taken once per account, region and operation",
    withStore(async (store) => {
      const token = aClientToken("t");
      await store.commit([{ kind: "client-token", row: token }]);
      assert.deepEqual(await store.clientTokens.get(scope, "StartJobRun", "t"), token);
      assert.equal(await store.clientTokens.get(scope, "CreateVirtualCluster", "t"), null);
      const again: Change = { kind: "client-token", row: { ...token, resourceId: "other" } };
      await assert.rejects(store.commit([again]), DuplicateError);
      assert.deepEqual(await store.clientTokens.get(scope, "StartJobRun", "t"), token);
      const others = [{ operation: "CreateVirtualCluster" }, otherRegion, otherAccount];
      await store.commit(others.map((other) => ({ kind: "client-token", row: { ...token, ...other } })));
    }),
  );

  it(
    "the first account to claim a bucket keeps it",
    withStore(async (store) => {
      const claim = (account: string): Change => {
        return { kind: "bucket", name: "data", account: accountId(account), createdAtMs: 1 };
      };
      assert.equal(await store.buckets.owner("data"), null);
      await store.commit([claim("111122223333")]);
      await store.commit([claim("999988887777"), { kind: "access-key", row: key }]);
      assert.equal(await store.buckets.owner("data"), "111122223333");
      assert.notEqual(await store.accessKeys.get(key.id), null, "the rest of the commit is written");
    }),
  );
}

function effectsEventsDeliveries(withStore: WithStore): void {
  it(
    "effects fall due per node, in the order of their making",
    withStore(async (store) => {
      const made = [
        anEffect("z-first", "application", { dueAtMs: 30 }),
        anEffect("a-second", "application", { kind: "kill", dueAtMs: 10 }),
        anEffect("m-later", "application", { dueAtMs: 99 }),
        anEffect("elsewhere", "application", { node: "node-2", dueAtMs: 5 }),
      ];
      assert.equal(await store.effects.nextDueAtMs("node-1"), null);
      await store.commit([
        ...made.map((effect): Change => ({ kind: "effect", effect })),
        { kind: "application", row: application },
      ]);
      assert.deepEqual(await store.effects.due("node-1", 30, 10), made.slice(0, 2));
      assert.deepEqual(await store.effects.due("node-1", 30, 1), made.slice(0, 1));
      assert.deepEqual(await store.effects.due("node-1", 9, 10), []);
      const [elsewhere] = made.slice(-1);
      assert.deepEqual(await store.effects.of(application.id), [...made.slice(0, 3), elsewhere]);
      assert.deepEqual(await store.effects.of(applicationId("none")), []);
      assert.equal(await store.effects.nextDueAtMs("node-1"), 10);
      assert.equal(await store.effects.nextDueAtMs("node-2"), 5);
      const [first] = made;
      assert.ok(first);
      await assert.rejects(store.commit([{ kind: "effect", effect: first }]), DuplicateError);
    }),
  );

  it(
    "a failed effect waits for its next time, and one that is done is gone",
    withStore(async (store) => {
      const effect = anEffect("effect", "application");
      await store.commit([
        { kind: "application", row: application },
        { kind: "effect", effect },
      ]);
      const failed = { attempts: 1, dueAtMs: 5_000, error: "the disk is full" };
      await store.commit([{ kind: "effect-failed", id: effect.id, ...failed }]);
      assert.deepEqual(await store.effects.due("node-1", 4_999, 10), []);
      const [waiting] = await store.effects.due("node-1", 5_000, 10);
      assert.deepEqual(waiting, { ...effect, attempts: 1, dueAtMs: 5_000, lastError: "the disk is full" });

      await store.commit([{ kind: "effect-done", id: effect.id }]);
      await store.commit([{ kind: "effect-done", id: effect.id }]);
      await store.commit([{ kind: "effect-failed", id: effect.id, ...failed }]);
      assert.equal(
        await store.effects.nextDueAtMs("node-1"),
        null,
        "neither repeats nor failures bring it back",
      );
    }),
  );

  it(
    "an effect and a delivery need an application",
    withStore(async (store) => {
      await assert.rejects(store.commit([{ kind: "effect", effect: anEffect("effect", "none") }]));
      await assert.rejects(store.commit([{ kind: "log-delivery", row: aLogDelivery("none") }]));
    }),
  );

  it(
    "events are read per account and per subject, in the order of their commits",
    withStore(async (store) => {
      const [one, two] = [anEvent("s-1"), anEvent("s-2", { detail: null })];
      const other = anEvent("s-1", otherAccount);
      await store.commit([one, other, two].map((event) => ({ kind: "event", event })));
      await store.commit([{ kind: "event", event: anEvent("s-1", { type: "later", ...otherRegion }) }]);
      const stored = await store.events.after(scope.account, 0, 10);
      assert.deepEqual(
        stored.map(({ cursor, subject, type }) => [cursor, subject.id, type]),
        [
          [1, "s-1", one.type],
          [2, "s-2", two.type],
          [3, "s-1", "later"],
        ],
      );
      assert.deepEqual(stored[0], { ...one, cursor: 1 });
      assert.deepEqual(await store.events.after(otherAccount.account, 0, 10), [{ ...other, cursor: 1 }]);
      assert.deepEqual(await store.events.after(scope.account, 1, 1), [stored[1]]);
      assert.deepEqual(await store.events.after(scope.account, 3, 10), []);
      const ofTwo = await store.events.of("s-2");
      assert.deepEqual(ofTwo, [stored[1]]);
    }),
  );

  it(
    "a delivery's progress is replaced",
    withStore(async (store) => {
      const id = applicationId("application");
      const first = aLogDelivery("application");
      const further = { ...first, sourceBytes: 200, sinkBytes: 2 ** 40 };
      const stderr = aLogDelivery("application", { stream: "stderr", sink: "cloudwatch" });
      const executor = aLogDelivery("application", { container: "executor-12" });
      await store.commit([
        { kind: "log-delivery", row: first },
        { kind: "application", row: application },
      ]);
      assert.deepEqual(await store.logDeliveries.of(id), [first]);
      await store.commit([
        { kind: "log-delivery", row: further },
        { kind: "log-delivery", row: stderr },
        { kind: "log-delivery", row: executor },
      ]);
      assert.deepEqual(await store.logDeliveries.of(id), [stderr, further, executor]);
      assert.deepEqual(await store.logDeliveries.of(applicationId("none")), []);
    }),
  );
}

function commits(withStore: WithStore): void {
  it(
    "a guard that fails in the middle leaves nothing of its commit",
    withStore(async (store) => {
      await store.commit([clusterRow]);
      const changes: Change[] = [
        { kind: "client-token", row: aClientToken("t") },
        { kind: "bucket", name: "b", account: scope.account, createdAtMs: 1 },
        { kind: "access-key", row: key },
        { kind: "job-run", row: run },
        { kind: "virtual-cluster", row: { ...cluster, version: 7 } },
        { kind: "application", row: application },
        { kind: "effect", effect: anEffect("effect", "application") },
        { kind: "log-delivery", row: aLogDelivery("application") },
        { kind: "event", event: anEvent("run") },
      ];
      await assert.rejects(store.commit(changes), StaleVersionError);
      const duplicate = { ...cluster, id: virtualClusterId("second") };
      const [first, ...rest] = changes.filter(({ kind }) => kind !== "virtual-cluster");
      assert.ok(first);
      await assert.rejects(
        store.commit([first, { kind: "virtual-cluster", row: duplicate }, ...rest]),
        DuplicateError,
      );

      assert.equal(await store.clientTokens.get(scope, "StartJobRun", "t"), null);
      assert.equal(await store.buckets.owner("b"), null);
      assert.equal(await store.accessKeys.get(key.id), null);
      assert.equal(await store.jobRuns.byId(run.id), null);
      assert.equal(await store.applications.get(application.id), null);
      assert.equal(await store.effects.nextDueAtMs("node-1"), null);
      assert.deepEqual(await store.logDeliveries.of(application.id), []);
      assert.deepEqual(await store.events.of("run"), []);
      await store.commit([first, ...rest]);
      assert.equal((await store.events.of("run"))[0]?.cursor, 1, "what was rolled back took no cursor");
    }),
  );

  it(
    "a row may be written twice in one commit",
    withStore(async (store) => {
      await store.commit([
        clusterRow,
        { kind: "virtual-cluster", row: { ...cluster, tags: { b: "2" }, version: 1 } },
      ]);
      const stored = await store.virtualClusters.get(scope, cluster.id);
      assert.deepEqual(stored, { ...cluster, tags: { b: "2" }, version: 2 });
    }),
  );

  it(
    "what was answered is there after the store was opened again",
    withStore(async (store, { reopen }) => {
      await store.commit([
        clusterRow,
        { kind: "job-run", row: run },
        { kind: "event", event: anEvent("run") },
      ]);
      const again = await reopen();
      assert.deepEqual(await again.jobRuns.byId(run.id), { ...run, version: 1 });
      await again.commit([{ kind: "event", event: anEvent("run") }]);
      const cursors = (await again.events.after(scope.account, 0, 10)).map(({ cursor }) => cursor);
      assert.deepEqual(cursors, [1, 2], "cursors go on where they were");
    }),
  );

  it(
    "closing finishes what was given before and refuses what comes after",
    withStore(async (store, { reopen }) => {
      await store.ping();
      const given = Array.from({ length: 20 }, (_, i) =>
        store.commit([{ kind: "access-key", row: anAccessKey(`key-${i}`) }]),
      );
      await Promise.all([...given, store.close()]);
      await assert.rejects(store.commit([clusterRow]));
      await assert.rejects(store.ping());
      const again = await reopen();
      assert.equal((await again.accessKeys.list()).length, 20);
    }),
  );

  it(
    "a deleted access key is gone, and may be deleted again",
    withStore(async (store) => {
      const other = anAccessKey("AKIAOTHER");
      await store.commit([
        { kind: "access-key", row: key },
        { kind: "access-key", row: other },
      ]);
      const deleted: Change = { kind: "access-key-deleted", id: key.id };
      await store.commit([deleted]);
      await store.commit([deleted]);
      assert.equal(await store.accessKeys.get(key.id), null);
      assert.deepEqual(await store.accessKeys.list(), [{ ...other, version: 1 }]);
    }),
  );

  it(
    "takes a large request, and a commit of nothing",
    withStore(async (store) => {
      await store.commit([]);
      const spec = sampleSpec({ arguments: Array.from({ length: 1_000 }, (_, i) => `${i}`.repeat(100)) });
      const large = anApplication("large", { spec });
      await store.commit([{ kind: "application", row: large }]);
      assert.deepEqual((await store.applications.get(large.id))?.spec, spec);
      const counts = await store.applications.countByState();
      assert.deepEqual(Object.keys(counts), [...APPLICATION_STATES]);
    }),
  );
}
