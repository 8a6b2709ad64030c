import assert from "node:assert/strict";
import { it } from "node:test";
import { progressName } from "../../src/core/account-object/log-delivery.ts";
import { accountId, accountObjectId, applicationId, jobRunId } from "../../src/core/ids.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import {
  aClientToken,
  aJobRun,
  aLogDelivery,
  anApplication,
  anEffect,
  anEvent,
  aVirtualCluster,
  scope,
} from "../support/store-rows.ts";
import type { WithStore } from "./store.ts";

const cluster: Change = { kind: "virtual-cluster", row: aVirtualCluster("cluster") };

/** A run and everything that hangs on it; `finishedAtMs` null where it has not ended. */
function whole(id: string, finishedAtMs: number | null, node = "node-1"): Change[] {
  const state = finishedAtMs === null ? "RUNNING" : "COMPLETED";
  return [
    { kind: "job-run", row: aJobRun(id, { clientToken: `token-${id}`, state, finishedAtMs }) },
    { kind: "application", row: anApplication(id, { owner: { kind: "job-run", id }, node }) },
    { kind: "application", row: anApplication(`${id}-2`, { owner: { kind: "job-run", id }, node }) },
    { kind: "client-token", row: aClientToken(`token-${id}`, { resourceId: id }) },
    { kind: "log-delivery", row: aLogDelivery(id) },
    { kind: "effect", effect: anEffect(`effect-${id}`, id) },
  ];
}

async function isWhole(store: Store, id: string): Promise<boolean[]> {
  return [
    (await store.jobRuns.byId(jobRunId(id))) !== null,
    (await store.applications.get(applicationId(id))) !== null,
    (await store.applications.get(applicationId(`${id}-2`))) !== null,
    (await store.clientTokens.get(scope, "StartJobRun", `token-${id}`)) !== null,
    (await store.logDeliveries.of(applicationId(id))).length > 0,
  ];
}
const ALL = [true, true, true, true, true];
const NONE = [false, false, false, false, false];

export function storeRetentionContract(withStore: WithStore): void {
  it(
    "a history server is removed once it has ended, and nothing else is",
    withStore(async (store) => {
      const owner = { kind: "history-server", id: "history-1" } as const;
      const ended = { state: "killed", endedAtMs: 1 } as const;
      await store.commit([
        { kind: "application", row: anApplication("history-1-a", { owner, ...ended }) },
        { kind: "log-delivery", row: aLogDelivery("history-1-a") },
        { kind: "effect", effect: anEffect("effect", "history-1-a") },
        { kind: "application", row: anApplication("history-1-b", { owner, state: "running" }) },
        { kind: "application", row: anApplication("run", ended) },
      ]);
      const tags = ["history-1-a", "history-1-b", "run", "none"].map(applicationId);
      for (const id of tags) await store.commit([{ kind: "history-server-removed", id }]);
      const left = await Promise.all(tags.map((id) => store.applications.get(id)));
      assert.deepEqual(
        left.map((application) => application?.id),
        [undefined, "history-1-b", "run", undefined],
      );
    }),
  );
  it(
    "a history server holds nothing that runs wait for",
    withStore(async (store) => {
      const size = { cores: 1, memoryBytes: 2 };
      const running = { state: "running", node: "node-1", grant: { asked: size, granted: size } } as const;
      const owner = { kind: "history-server", id: "history-1" } as const;
      await store.commit([
        { kind: "application", row: anApplication("history-1-a", { owner, ...running }) },
        { kind: "application", row: anApplication("run", running) },
      ]);
      assert.deepEqual(await store.applications.heldBy("node-1"), size);
    }),
  );
  it(
    "runs that ended before a time are told in the order of their end, in pieces",
    withStore(async (store) => {
      await store.commit([
        cluster,
        ...whole("c", 30),
        ...whole("a", 20),
        ...whole("b", 20),
        ...whole("r", null),
      ]);
      const first = await store.retention.endedRuns(30, null, 1);
      assert.deepEqual(first, [
        {
          id: "a",
          endedAtMs: 20,
          applications: [
            { id: "a", node: "node-1" },
            { id: "a-2", node: "node-1" },
          ],
        },
      ]);
      const rest = await store.retention.endedRuns(31, first[0] ?? null, 9);
      assert.deepEqual(
        rest.map(({ id }) => id),
        ["b", "c"],
      );
    }),
  );

  it(
    "a removed run is gone with all that belonged to it, and nothing else is",
    withStore(async (store) => {
      await store.commit([cluster, ...whole("run", 20), ...whole("run0", 20)]);
      await store.commit([{ kind: "job-run-removed", id: jobRunId("run") }]);
      assert.deepEqual([await isWhole(store, "run"), await isWhole(store, "run0")], [NONE, ALL]);
      assert.equal((await store.effects.due("node-1", Number.MAX_SAFE_INTEGER, 9)).length, 1);
      await store.commit([{ kind: "job-run-removed", id: jobRunId("run") }]);
    }),
  );

  it(
    "a run that has not ended is never removed",
    withStore(async (store) => {
      await store.commit([cluster, ...whole("run", null)]);
      await store.commit([{ kind: "job-run-removed", id: jobRunId("run") }]);
      assert.deepEqual(await isWhole(store, "run"), ALL);
      assert.equal((await store.effects.due("node-1", Number.MAX_SAFE_INTEGER, 9)).length, 1);
    }),
  );

  it(
    "events are removed from the oldest on, and cursors are never given again",
    withStore(async (store) => {
      const account = accountId("999988887777");
      const at = (atMs: number, patch = {}): Change => ({
        kind: "event",
        event: { ...anEvent("s"), atMs, ...patch },
      });
      await store.commit([at(10), at(20), at(30), at(5), at(10, { account })]);
      assert.deepEqual(await store.retention.agedEvents(10, 9), []);
      assert.deepEqual(await store.retention.agedEvents(30, 1), [
        { account: scope.account, throughCursor: 1, count: 1 },
        { account, throughCursor: 1, count: 1 },
      ]);
      const aged = await store.retention.agedEvents(30, 9);
      assert.deepEqual(aged[0], { account: scope.account, throughCursor: 2, count: 2 });
      await store.commit(
        aged.map(
          ({ account: of, throughCursor }): Change => ({
            kind: "events-removed",
            account: of,
            throughCursor,
          }),
        ),
      );
      const left = await store.events.after(scope.account, 0, 9);
      assert.deepEqual(
        left.map(({ cursor }) => cursor),
        [3, 4],
      );
      await store.commit([{ kind: "events-removed", account: scope.account, throughCursor: 4 }]);
      await store.commit([at(40)]);
      assert.equal((await store.events.after(scope.account, 0, 9))[0]?.cursor, 5);
    }),
  );

  it(
    "client tokens go by their age",
    withStore(async (store) => {
      const token = (name: string, createdAtMs: number): Change => ({
        kind: "client-token",
        row: aClientToken(name, { createdAtMs }),
      });
      await store.commit([token("new", 30), token("old", 10), token("older", 5)]);
      const [oldest] = await store.retention.agedClientTokens(30, 1);
      assert.ok(oldest);
      assert.equal(oldest.token, "older");
      await store.commit([{ kind: "client-token-removed", key: oldest }]);
      const left = await store.retention.agedClientTokens(31, 9);
      assert.deepEqual(
        left.map(({ token: name }) => name),
        ["old", "new"],
      );
    }),
  );

  it(
    "a node's applications, effects and deliveries can be another node's from now on",
    withStore(async (store) => {
      await store.commit([cluster, ...whole("run", null), ...whole("other", null, "node-3")]);
      const owner = accountObjectId("configuration");
      const body = { pricingTier: "ENTERPRISE", deploymentPrefix: null, firstAdministrators: null } as const;
      const row = {
        id: owner,
        kind: "account",
        name: "a",
        state: null,
        body,
        createdAtMs: 1,
        version: 0,
      } as const;
      await store.commit([
        {
          kind: "account-object",
          row: { ...row, account: accountId("account") },
          claims: [],
          needs: [],
          limits: [],
        },
        { kind: "setting", row: { owner, name: progressName("node-1"), body: { days: {} }, version: 0 } },
      ]);
      await store.commit([{ kind: "node-renamed", from: "node-1", to: "node-2" }]);
      assert.equal(await store.settings.get(owner, progressName("node-1")), null);
      assert.deepEqual((await store.settings.get(owner, progressName("node-2")))?.body, { days: {} });
      const nodes = ["run", "run-2", "other"].map(
        async (id) => (await store.applications.get(applicationId(id)))?.node,
      );
      assert.deepEqual(await Promise.all(nodes), ["node-2", "node-2", "node-3"]);
      const due = (node: string) => store.effects.due(node, Number.MAX_SAFE_INTEGER, 9);
      assert.deepEqual([(await due("node-1")).length, (await due("node-2")).length], [0, 2]);
    }),
  );
}
