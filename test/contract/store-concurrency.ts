import assert from "node:assert/strict";
import { it } from "node:test";
import { accountId } from "../../src/core/ids.ts";
import { type Change, StaleVersionError, type Store } from "../../src/core/ports/store.ts";
import { aJobRun, anEvent, aVirtualCluster, scope } from "../support/store-rows.ts";
import type { WithStore } from "./store.ts";

const COMMITS = 200;
/** Committers that try again at the same time. */
const RETRYING = 20;

export function storeConcurrencyContract(withStore: WithStore): void {
  it(
    `${COMMITS} concurrent commits to one row are all counted`,
    withStore(async (store) => {
      const cluster = aVirtualCluster("counter", { tags: { count: "0" } });
      await store.commit([{ kind: "virtual-cluster", row: cluster }]);
      let stale = 0;
      const committers: Promise<void>[] = [];
      const addOne = async (i: number) => {
        for (;;) {
          const stored = await store.virtualClusters.get(scope, cluster.id);
          assert.ok(stored, "the counter's row");
          const tags = { count: String(Number(stored.tags.count) + 1) };
          try {
            const event = anEvent("counter");
            await store.commit([
              { kind: "virtual-cluster", row: { ...stored, tags } },
              { kind: "event", event },
            ]);
            return;
          } catch (error) {
            if (!(error instanceof StaleVersionError)) throw error;
            stale++;
            // All meet at first; then only so many, since each round has one winner and costs a try of every other.
            await committers[i - RETRYING];
          }
        }
      };
      for (let i = 0; i < COMMITS; i++) committers.push(addOne(i));
      await Promise.all(committers);
      const counted = await store.virtualClusters.get(scope, cluster.id);
      assert.equal(counted?.tags.count, String(COMMITS));
      assert.equal(counted?.version, COMMITS + 1);
      assert.ok(stale > 0, "some commits met another one");
      const events = await store.events.after(scope.account, 0, COMMITS * 2);
      assert.equal(events.length, COMMITS, "stale commits left no event");
    }),
  );

  it(
    "a bound on runs holds, however many commit at once",
    withStore(async (store) => {
      const cluster = aVirtualCluster("cluster");
      await store.commit([{ kind: "virtual-cluster", row: cluster }]);
      const bound = 7;
      const committed = await Promise.allSettled(
        Array.from({ length: COMMITS }, (_, i) =>
          store.commit([
            { kind: "virtual-cluster-unchanged", id: cluster.id, version: 1 },
            { kind: "job-runs-below", cluster: cluster.id, states: ["PENDING"], limit: bound },
            { kind: "job-run", row: aJobRun(`run-${i}`) },
          ]),
        ),
      );
      assert.equal(await store.jobRuns.count(cluster.id, ["PENDING"]), bound);
      assert.equal(committed.filter(({ status }) => status === "fulfilled").length, bound);
      for (const outcome of committed)
        if (outcome.status === "rejected") assert.ok(outcome.reason instanceof StaleVersionError);
    }),
  );

  it(
    "a reader that follows the cursor misses no event, while many accounts commit and some fail",
    withStore(async (store) => {
      const accounts = ["111111111111", "222222222222"].map(accountId);
      const stale: Change = { kind: "virtual-cluster", row: aVirtualCluster("none", { version: 1 }) };
      const committing = Array.from({ length: COMMITS }, async (_, i) => {
        // Both accounts in either order, and every third commit rolled back.
        const events = (i % 2 === 0 ? accounts : accounts.toReversed()).map((account): Change => {
          return { kind: "event", event: anEvent(`subject-${i}`, { account }) };
        });
        if (i % 3 !== 0) return store.commit([...events, ...events]);
        return assert.rejects(store.commit([...events, stale]), StaleVersionError);
      });
      const written = Array.from({ length: COMMITS }, (_, i) => (i % 3 === 0 ? 0 : 2)).reduce<number>(
        (a, b) => a + b,
        0,
      );
      const [followed] = await Promise.all([
        Promise.all(accounts.map((account) => follow(store, account, written))),
        ...committing,
      ]);
      for (const cursors of followed) {
        assert.deepEqual(
          cursors,
          Array.from({ length: written }, (_, i) => i + 1),
        );
      }
    }),
  );

  it(
    "a read sees every commit that was answered before it",
    withStore(async (store) => {
      await Promise.all(
        Array.from({ length: COMMITS }, async (_, i) => {
          const row = aVirtualCluster(`cluster-${i}`);
          await store.commit([{ kind: "virtual-cluster", row }]);
          assert.notEqual(await store.virtualClusters.get(scope, row.id), null, row.id);
        }),
      );
    }),
  );
}

/** Reads events as a stream does, always after the last cursor seen, until `count` have come. */
async function follow(store: Store, account: ReturnType<typeof accountId>, count: number): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < count) {
    const events = await store.events.after(account, seen.at(-1) ?? 0, 7);
    seen.push(...events.map(({ cursor }) => cursor));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return seen;
}
