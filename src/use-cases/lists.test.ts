import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ControlPlane, controlPlane } from "../../test/support/control-plane.ts";
import { sampleJobRun, sampleRequest, sampleVirtualCluster } from "../../test/support/samples.ts";
import { jobRunId, type VirtualClusterId, virtualClusterId } from "../core/ids.ts";
import { JOB_RUN_STATES } from "../core/job-run/job-run.ts";
import type { JobRunFilter } from "../core/ports/store.ts";

const FIRST_PAGE = { maxResults: null, nextToken: null };
const cluster = virtualClusterId("cluster");

/** A cluster with `count` runs, one a millisecond from 0 on. */
async function manyRuns(context: TestContext, count: number): Promise<ControlPlane> {
  const plane = await controlPlane(context);
  await plane.store.commit([{ kind: "virtual-cluster", row: sampleVirtualCluster({ id: cluster }) }]);
  for (let first = 0; first < count; first += 1_000) {
    const length = Math.min(1_000, count - first);
    await plane.store.commit(
      Array.from({ length }, (_, index) => ({ kind: "job-run", row: run(first + index) }) as const),
    );
  }
  return plane;
}

function run(index: number, id = `r${String(index).padStart(6, "0")}`) {
  const state = JOB_RUN_STATES[index % JOB_RUN_STATES.length] ?? "PENDING";
  const request = sampleRequest({ name: index % 2 === 0 ? "even" : "odd" });
  return sampleJobRun({ id: jobRunId(id), virtualClusterId: cluster, createdAtMs: index, state, request });
}

async function walk({ emr, context }: ControlPlane, filter: JobRunFilter, maxResults: number | null) {
  const times: number[] = [];
  const sizes: number[] = [];
  let nextToken: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof emr.listJobRuns>> = await emr.listJobRuns(
      context,
      cluster,
      filter,
      { maxResults, nextToken },
    );
    times.push(...page.rows.map(({ createdAtMs }) => createdAtMs));
    sizes.push(page.rows.length);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return { times, sizes };
}

test("10,000 runs are walked newest first, each once, whatever is added meanwhile", async (context) => {
  const plane = await manyRuns(context, 10_000);
  const walking = walk(plane, {}, 100);
  for (const index of [10_001, 10_002]) await plane.store.commit([{ kind: "job-run", row: run(index) }]);
  const { times } = await walking;
  assert.deepEqual(
    times.filter((time) => time < 10_000),
    Array.from({ length: 10_000 }, (_, index) => 9_999 - index),
  );
});

test("a page holds 50 rows, as many as asked, and 100 at most", async (context) => {
  const plane = await manyRuns(context, 150);
  assert.deepEqual((await walk(plane, {}, null)).sizes, [50, 50, 50]);
  assert.deepEqual((await walk(plane, {}, 149)).sizes, [100, 50]);
  assert.deepEqual((await walk(plane, {}, 75)).sizes, [75, 75]);
});

test("filters are all required at once, and times leave themselves out", async (context) => {
  const plane = await manyRuns(context, 100);
  const times = async (filter: JobRunFilter) => (await walk(plane, filter, 3)).times;
  assert.deepEqual(await times({ createdAfterMs: 95, createdBeforeMs: 99 }), [98, 97, 96]);
  assert.deepEqual(await times({ createdAfterMs: 95, createdBeforeMs: 99, name: "even" }), [98, 96]);
  assert.deepEqual(await times({ createdAfterMs: 98, createdBeforeMs: 99 }), []);
  assert.deepEqual(
    await times({ states: ["PENDING", "COMPLETED"], name: "odd", createdAfterMs: 70 }),
    [97, 91, 83, 77],
  );
});

test("a token continues its own list, and no other", async (context) => {
  const plane = await manyRuns(context, 10);
  const { emr, context: call } = plane;
  await emr.createVirtualCluster(call, {
    name: "another",
    eksClusterId: "eks",
    namespace: "another",
    clientToken: "another",
    tags: {},
  });
  const filter: JobRunFilter = { name: "even" };
  const { nextToken } = await emr.listJobRuns(call, cluster, filter, { maxResults: 2, nextToken: null });
  const continued = (of: VirtualClusterId, by: JobRunFilter, token = nextToken) =>
    emr.listJobRuns(call, of, by, { maxResults: 5, nextToken: token });
  const { rows } = await continued(cluster, filter);
  assert.deepEqual(
    rows.map(({ createdAtMs }) => createdAtMs),
    [4, 2, 0],
    "another size of page is no other list",
  );
  const { rows: clusters } = await emr.listVirtualClusters(call, {}, FIRST_PAGE);
  const another = clusters.find(({ name }) => name === "another");
  assert.ok(another);
  const refused = { kind: "invalid", message: /^nextToken belongs to a list with other filters/ };
  await assert.rejects(continued(cluster, {}), refused);
  await assert.rejects(continued(cluster, { name: "odd" }), refused);
  await assert.rejects(continued(another.id, filter), refused);
  await assert.rejects(emr.listVirtualClusters(call, {}, { maxResults: 1, nextToken }), refused);
  for (const token of ["x", "bnVsbA", "e30", `${nextToken}A=`.slice(3)])
    await assert.rejects(continued(cluster, filter, token), { kind: "invalid" }, token);
});

test("no cluster is integrated with access entries", async (context) => {
  const { emr, context: call } = await manyRuns(context, 1);
  const list = async (eksAccessEntryIntegrated: boolean) =>
    (await emr.listVirtualClusters(call, { eksAccessEntryIntegrated }, FIRST_PAGE)).rows.length;
  assert.deepEqual([await list(true), await list(false)], [0, 1]);
});
