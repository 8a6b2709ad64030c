import assert from "node:assert/strict";
import { it } from "node:test";
import { APPLICATION_STATES, type Application } from "../../src/core/application/application.ts";
import { accountId, applicationId, region, type Scope, virtualClusterId } from "../../src/core/ids.ts";
import { JOB_RUN_STATES, type JobRun } from "../../src/core/job-run/job-run.ts";
import type {
  Change,
  JobRunFilter,
  Page,
  PageCursor,
  PageRequest,
  VirtualClusterFilter,
} from "../../src/core/ports/store.ts";
import {
  VIRTUAL_CLUSTER_STATES,
  type VirtualCluster,
} from "../../src/core/virtual-cluster/virtual-cluster.ts";
import { anApplication, aVirtualCluster, namedJobRun, scope } from "../support/store-rows.ts";
import type { WithStore } from "./store.ts";

interface Listed {
  readonly id: string;
  readonly createdAtMs: number;
}

/** Walks all pages and checks that each but the last is full. */
async function allPages<Row extends Listed>(
  limit: number,
  read: (page: PageRequest) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: PageCursor | null = null;
  do {
    const page: Page<Row> = await read({ after, limit });
    rows.push(...page.rows);
    if (page.next !== null) assert.equal(page.rows.length, limit, "a page before the last is full");
    after = page.next;
  } while (after !== null);
  return rows;
}

const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

/** By creation, then id, both descending; ids compare bytewise. */
function newestFirst<Row extends Listed>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
}

function within(
  row: Listed,
  filter: { readonly createdAfterMs?: number; readonly createdBeforeMs?: number },
) {
  const { createdAfterMs = -1, createdBeforeMs = Number.MAX_SAFE_INTEGER } = filter;
  return row.createdAtMs > createdAfterMs && row.createdAtMs < createdBeforeMs;
}

/** One of `values` by turns. */
function turn<Value>(values: readonly Value[], i: number): Value {
  const value = values[i % values.length];
  if (value === undefined) throw new Error("no values to take turns");
  return value;
}

// Upper and lower case mixed: a locale's order differs from that of the bytes.
const idOf = (i: number) => `${turn(["b", "A", "a", "0", "B"], i)}-${i}`;

const JOB_RUN_FILTERS: readonly JobRunFilter[] = [
  {},
  { states: [] },
  { states: ["RUNNING"] },
  { states: ["RUNNING", "FAILED", "RUNNING"] },
  { states: JOB_RUN_STATES },
  { name: "nightly" },
  { name: "nightly", states: ["COMPLETED", "PENDING"] },
  { name: "none" },
  { createdAfterMs: 1_002 },
  { createdBeforeMs: 1_005 },
  { createdAfterMs: 1_001, createdBeforeMs: 1_006, states: ["PENDING", "FAILED"] },
  { createdAfterMs: 1_001, createdBeforeMs: 1_006, name: "nightly" },
  { createdAfterMs: 1_006, createdBeforeMs: 1_001 },
];

const VIRTUAL_CLUSTER_FILTERS: readonly VirtualClusterFilter[] = [
  {},
  { states: ["TERMINATED"] },
  { states: ["TERMINATED", "RUNNING"] },
  { eksClusterId: "eks-1" },
  { eksClusterId: "eks-1", states: ["RUNNING", "ARRESTED"] },
  { createdAfterMs: 1_001, createdBeforeMs: 1_005 },
  { eksClusterId: "eks-0", createdBeforeMs: 1_004 },
];

export function storeListsContract(withStore: WithStore): void {
  it(
    "pages of job runs, by every filter, are those of the sorted whole",
    withStore(async (store) => {
      const runs = Array.from({ length: 90 }, (_, i): JobRun => {
        // Eight times for ninety runs: pages begin and end among equal ones.
        const createdAtMs = 1_000 + (i % 8);
        const name = turn(["nightly", null, "adhoc"], i);
        return namedJobRun(idOf(i), name, { createdAtMs, state: turn(JOB_RUN_STATES, i >> 1) });
      });
      const elsewhere = namedJobRun("elsewhere", "nightly", { virtualClusterId: virtualClusterId("other") });
      await store.commit([
        { kind: "virtual-cluster", row: aVirtualCluster("cluster") },
        { kind: "virtual-cluster", row: aVirtualCluster("other") },
        ...[...runs, elsewhere].map((row): Change => ({ kind: "job-run", row })),
      ]);
      const cluster = virtualClusterId("cluster");
      for (const filter of JOB_RUN_FILTERS) {
        const states = filter.states?.length ? filter.states : JOB_RUN_STATES;
        const expected = newestFirst(runs).filter(
          (run) =>
            within(run, filter) &&
            states.includes(run.state) &&
            (filter.name === undefined || run.request.name === filter.name),
        );
        for (const limit of [1, 7, 100]) {
          const listed = await allPages(limit, (page) => store.jobRuns.list(scope, cluster, filter, page));
          assert.deepEqual(ids(listed), ids(expected), `${JSON.stringify(filter)} by ${limit}`);
        }
      }
      const foreign: Scope = { ...scope, account: accountId("999988887777") };
      const none = await store.jobRuns.list(foreign, cluster, {}, { after: null, limit: 10 });
      assert.deepEqual(none, { rows: [], next: null });
    }),
  );

  it(
    "pages of virtual clusters, by every filter, are those of the sorted whole",
    withStore(async (store) => {
      const clusters = Array.from({ length: 40 }, (_, i): VirtualCluster => {
        const state = turn(VIRTUAL_CLUSTER_STATES, i >> 1);
        return aVirtualCluster(idOf(i), {
          createdAtMs: 1_000 + (i % 6),
          state,
          eksClusterId: `eks-${i % 3}`,
        });
      });
      const elsewhere = aVirtualCluster("elsewhere", { region: region("us-east-1") });
      await store.commit([...clusters, elsewhere].map((row): Change => ({ kind: "virtual-cluster", row })));
      for (const filter of VIRTUAL_CLUSTER_FILTERS) {
        const expected = newestFirst(clusters).filter(
          (cluster) =>
            within(cluster, filter) &&
            (filter.states ?? VIRTUAL_CLUSTER_STATES).includes(cluster.state) &&
            (filter.eksClusterId === undefined || cluster.eksClusterId === filter.eksClusterId),
        );
        const listed = await allPages(3, (page) => store.virtualClusters.list(scope, filter, page));
        assert.deepEqual(ids(listed), ids(expected), JSON.stringify(filter));
      }
    }),
  );

  it(
    "a page's cursor outlives the row that it was made from",
    withStore(async (store) => {
      const clusters = ["d", "c", "b", "a"].map((id) => aVirtualCluster(id));
      await store.commit(clusters.map((row) => ({ kind: "virtual-cluster", row })));
      const running = { states: ["RUNNING"] } as const;
      const first = await store.virtualClusters.list(scope, running, { after: null, limit: 2 });
      const [, last] = first.rows;
      assert.ok(last);
      await store.commit([{ kind: "virtual-cluster", row: { ...last, state: "TERMINATED" } }]);
      const second = await store.virtualClusters.list(scope, running, { after: first.next, limit: 2 });
      assert.deepEqual(
        [ids(first.rows), ids(second.rows)],
        [
          ["d", "c"],
          ["b", "a"],
        ],
      );
      assert.equal(second.next, null, "a last page that is full says so");
    }),
  );

  it(
    "a node's applications are read oldest first, past the size of one piece, and changed on the way",
    withStore(async (store) => {
      const all = Array.from({ length: 350 }, (_, i): Application => {
        const state = turn(APPLICATION_STATES, i >> 1);
        return anApplication(idOf(i), { state, node: `node-${i % 2}`, createdAtMs: 1_000 + (i % 9) });
      });
      await store.commit(all.map((row): Change => ({ kind: "application", row })));
      const wanted = ["launching", "running", "accepted", "running"] as const;
      const expected = newestFirst(all)
        .toReversed()
        .filter(({ node, state }) => node === "node-1" && (wanted as readonly string[]).includes(state));
      const read: string[] = [];
      for await (const application of store.applications.inStates("node-1", wanted)) {
        read.push(application.id);
        await store.commit([{ kind: "application", row: { ...application, state: "running" } }]);
      }
      assert.deepEqual(read, ids(expected));

      for await (const application of store.applications.inStates("node-1", [])) assert.fail(application.id);
      for await (const application of store.applications.inStates("node-9", wanted))
        assert.fail(application.id);
    }),
  );

  it(
    "a node's applications hold what those were granted that are launched and have not exited",
    withStore(async (store) => {
      const granted = (cores: number, different: Partial<Application> = {}): Partial<Application> => ({
        state: "running",
        grant: {
          asked: { cores: 9, memoryBytes: 9e12 },
          granted: { cores, memoryBytes: cores * 2 ** 40 },
        },
        ...different,
      });
      const exit = { cause: "exited", code: 0, signal: null, summary: null, atMs: 1 } as const;
      const rows = [
        granted(1),
        granted(1),
        granted(2, { state: "launching" }),
        granted(4, { exit }),
        granted(8, { state: "succeeded", exit }),
        granted(16, { node: "node-2" }),
        {},
      ].map((different, i) => anApplication(idOf(i), different));
      await store.commit(rows.map((row): Change => ({ kind: "application", row })));
      assert.deepEqual(await store.applications.heldBy("node-1"), { cores: 4, memoryBytes: 4 * 2 ** 40 });
      assert.deepEqual(await store.applications.heldBy("node-9"), { cores: 0, memoryBytes: 0 });
    }),
  );

  it(
    "applications are counted by state, past the size of one stride",
    withStore(async (store) => {
      const many = Array.from({ length: 5_003 }, (_, i): Change => {
        const row = anApplication(`a-${i}`, {
          state: i < 5_001 ? "succeeded" : "running",
          node: `node-${i % 3}`,
        });
        return { kind: "application", row };
      });
      await store.commit(many);
      const none = { accepted: 0, launching: 0, failed: 0, killed: 0 };
      assert.deepEqual(await store.applications.countByState(), { ...none, running: 2, succeeded: 5_001 });
      const moved = anApplication("a-0", { state: "failed", version: 1 });
      await store.commit([{ kind: "application", row: { ...moved, id: applicationId("a-0") } }]);
      const counts = await store.applications.countByState();
      assert.deepEqual(counts, { ...none, failed: 1, running: 2, succeeded: 5_000 });
    }),
  );
}
