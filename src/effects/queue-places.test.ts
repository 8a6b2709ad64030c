import assert from "node:assert/strict";
import { test } from "node:test";
import { type ControlPlane, controlPlane } from "../../test/support/control-plane.ts";
import { sampleRequest } from "../../test/support/samples.ts";
import { applicationId, type VirtualClusterId } from "../core/ids.ts";
import type { JobRunState } from "../core/job-run/job-run.ts";
import type { SchedulerLimits } from "../core/virtual-cluster/virtual-cluster.ts";

/** Room for everything, so that the queues' own limits are what holds back. */
const ROOMY = { capacity: { cores: 1_000, memoryBytes: 2 ** 50 } };
const concurrent = (maxConcurrentJobRuns: number | null): SchedulerLimits => ({
  maxConcurrentJobRuns,
  maxInQueueJobRuns: null,
});
const queued = (maxInQueueJobRuns: number): SchedulerLimits => ({
  maxConcurrentJobRuns: null,
  maxInQueueJobRuns,
});

class Queues {
  readonly plane: ControlPlane;
  #tokens = 0;

  constructor(plane: ControlPlane) {
    this.plane = plane;
  }

  async cluster(name: string, limits?: SchedulerLimits): Promise<VirtualClusterId> {
    const { emr, context } = this.plane;
    const input = { name, eksClusterId: "eks", namespace: name, clientToken: name, tags: {} };
    const made = await emr.createVirtualCluster(context, {
      ...input,
      ...(limits === undefined ? {} : { limits }),
    });
    return made.id;
  }

  async start(virtualClusterId: VirtualClusterId): Promise<string> {
    // One after another in time, as their order in line is.
    this.plane.clock.advance(1);
    this.#tokens += 1;
    const input = { virtualClusterId, clientToken: `t${this.#tokens}`, request: sampleRequest(), tags: {} };
    return (await this.plane.emr.startJobRun(this.plane.context, input)).id;
  }

  async startMany(cluster: VirtualClusterId, count: number): Promise<string[]> {
    const started: string[] = [];
    for (let i = 0; i < count; i += 1) started.push(await this.start(cluster));
    return started;
  }

  async update(id: VirtualClusterId, limits: SchedulerLimits, clientToken = `u${this.#tokens++}`) {
    return this.plane.emr.updateVirtualCluster(this.plane.context, { id, clientToken, limits });
  }

  /** The runs of a cluster in this state, oldest first. */
  async inState(cluster: VirtualClusterId, state: JobRunState): Promise<string[]> {
    const { store, context } = this.plane;
    const page = { after: null, limit: 100 };
    const { rows } = await store.jobRuns.list(context.scope, cluster, { states: [state] }, page);
    return rows.map(({ id }) => id).reverse();
  }

  async finish(run: string | undefined): Promise<void> {
    this.plane.engine.finish(applicationId(run ?? ""), { code: 0 });
    await this.plane.settle();
  }
}

const queues = async (context: Parameters<typeof controlPlane>[0]) =>
  new Queues(await controlPlane(context, ROOMY));

test("a cluster's runs go on in order, so many at once, and others pass a full queue", async (context) => {
  const all = await queues(context);
  const narrow = await all.cluster("narrow", concurrent(2));
  const wide = await all.cluster("wide");
  const line = await all.startMany(narrow, 5);
  const [behind] = await all.startMany(wide, 1);
  await all.plane.settle();
  assert.deepEqual(await all.inState(narrow, "RUNNING"), line.slice(0, 2));
  assert.deepEqual(await all.inState(wide, "RUNNING"), [behind]);
  const { emr, context: call } = all.plane;
  const [waiting] = await all.inState(narrow, "PENDING");
  const { rows } = await emr.listJobRuns(
    call,
    narrow,
    { states: ["PENDING"] },
    { maxResults: null, nextToken: null },
  );
  assert.equal(rows.at(-1)?.id, waiting);
  assert.equal(
    rows.at(-1)?.stateDetails,
    `Waiting in line: virtual cluster ${narrow} has 2 job runs at work, its most at once (maxConcurrentJobRuns).`,
  );
  assert.deepEqual((await emr.describeVirtualCluster(call, narrow)).schedulerStatus, {
    currentInQueueJobRuns: 3,
    currentConcurrentJobRuns: 2,
  });
  await all.finish(line[1]);
  assert.deepEqual(await all.inState(narrow, "RUNNING"), [line[0], line[2]]);
  all.plane.restart();
  await all.plane.settle();
  assert.deepEqual(await all.inState(narrow, "RUNNING"), [line[0], line[2]], "a restart changes nothing");
  for (const run of [line[0], line[2], line[3], line[4]]) await all.finish(run);
  assert.deepEqual(await all.inState(narrow, "COMPLETED"), line);
});

test("changed limits hold from the next admission on; what runs goes on", async (context) => {
  const all = await queues(context);
  const cluster = await all.cluster("c", concurrent(3));
  const line = await all.startMany(cluster, 6);
  await all.plane.settle();
  assert.deepEqual(await all.inState(cluster, "RUNNING"), line.slice(0, 3));
  const updated = await all.update(cluster, concurrent(1));
  assert.deepEqual(updated.limits, concurrent(1));
  await all.finish(line[0]);
  await all.finish(line[1]);
  assert.deepEqual(await all.inState(cluster, "RUNNING"), [line[2]]);
  await all.update(cluster, concurrent(null));
  await all.plane.settle();
  assert.deepEqual(await all.inState(cluster, "RUNNING"), line.slice(2));
});

test("what is being launched or cancelled takes a place", async (context) => {
  const all = await queues(context);
  const cluster = await all.cluster("c", concurrent(1));
  const [first, second] = await all.startMany(cluster, 2);
  all.plane.engine.hold();
  await all.plane.settle();
  assert.deepEqual(await all.inState(cluster, "SUBMITTED"), [first]);
  assert.deepEqual(await all.inState(cluster, "PENDING"), [second]);
});

test("a full queue refuses by name, whoever comes at once; a repeated request is answered all the same", async (context) => {
  const all = await queues(context);
  const cluster = await all.cluster("c", queued(3));
  const starts = await Promise.allSettled(Array.from({ length: 10 }, () => all.start(cluster)));
  assert.equal(starts.filter(({ status }) => status === "fulfilled").length, 3);
  for (const start of starts) {
    if (start.status === "fulfilled") continue;
    assert.equal(start.reason.kind, "invalid");
    assert.equal(
      start.reason.message,
      `Virtual cluster ${cluster} has 3 job runs in its queue, the most that its schedulerConfiguration allows (maxInQueueJobRuns): submit again when one of them is running.`,
    );
  }
  const { emr, context: call } = all.plane;
  const [known] = (await all.plane.store.jobRuns.list(call.scope, cluster, {}, { after: null, limit: 1 }))
    .rows;
  const again = await emr.startJobRun(call, {
    virtualClusterId: cluster,
    clientToken: known?.clientToken ?? "",
    request: sampleRequest(),
    tags: {},
  });
  assert.equal(again.id, known?.id);
  await all.plane.settle();
  await all.start(cluster);
  assert.deepEqual((await emr.describeVirtualCluster(call, cluster)).schedulerStatus, {
    currentInQueueJobRuns: 1,
    currentConcurrentJobRuns: 3,
  });
});

test("an update that comes again under its token is ignored, and one without limits leaves them", async (context) => {
  const all = await queues(context);
  const cluster = await all.cluster("c");
  const { emr, context: call } = all.plane;
  await all.update(cluster, concurrent(1), "first");
  await all.update(cluster, concurrent(2), "second");
  assert.deepEqual((await all.update(cluster, concurrent(1), "first")).limits, concurrent(2));
  await assert.rejects(all.update(cluster, concurrent(3), "first"), { kind: "invalid" });
  const kept = await emr.updateVirtualCluster(call, { id: cluster, clientToken: "none" });
  assert.deepEqual(kept.limits, concurrent(2));
  await emr.deleteVirtualCluster(call, cluster);
  await assert.rejects(all.update(cluster, concurrent(3)), {
    kind: "invalid",
    message: "Virtual cluster state TERMINATED is not valid to update the virtual cluster.",
  });
});
