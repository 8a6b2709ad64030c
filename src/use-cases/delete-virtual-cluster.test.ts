import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { controlPlane } from "../../test/support/control-plane.ts";
import { sampleRequest } from "../../test/support/samples.ts";
import { applicationId } from "../core/ids.ts";
import { isActive } from "../core/job-run/job-run.ts";

test("a delete beside starts never leaves an active run in a terminated cluster", async (context) => {
  const { emr, context: call, store } = await controlPlane(context);
  const seen = new Set<string>();
  for (let round = 0; round < 30; round += 1) {
    const name = `race-${round}`;
    const cluster = await emr.createVirtualCluster(call, {
      name,
      eksClusterId: "eks",
      namespace: name,
      clientToken: name,
      tags: {},
    });
    const start = (index: number) =>
      emr.startJobRun(call, {
        virtualClusterId: cluster.id,
        clientToken: `${name}-${index}`,
        request: sampleRequest(),
        tags: {},
      });
    // The delete comes in front of all, between them, or behind; its commit may be the first in each case where it has a
    // turn of the event loop to itself.
    const calls: (() => Promise<unknown>)[] = [() => start(1), () => start(2)];
    calls.splice(round % 3, 0, () => emr.deleteVirtualCluster(call, cluster.id));
    const begun: Promise<unknown>[] = [];
    for (const one of calls) {
      begun.push(Promise.allSettled([one()]));
      if (round % 2 === 0) await nextTurn();
    }
    await Promise.all(begun);
    const { state } = await emr.describeVirtualCluster(call, cluster.id);
    const { rows } = await store.jobRuns.list(call.scope, cluster.id, {}, { after: null, limit: 10 });
    const active = rows.filter((run) => isActive(run.state)).length;
    assert.equal(state, active === 0 ? "TERMINATED" : "TERMINATING", `${active} active runs`);
    seen.add(state);
  }
  assert.ok(seen.has("TERMINATED"), "one came first");
});

test("a cluster with active runs is TERMINATING until the last has ended, then gives its name up", async (context) => {
  const plane = await controlPlane(context, { capacity: { cores: 1, memoryBytes: 2 ** 31 }, coreShare: 1 });
  const { emr, context: call } = plane;
  const { cluster, run } = await plane.startRun();
  await plane.settle();
  const start = (clientToken: string) =>
    emr.startJobRun(call, { virtualClusterId: cluster, clientToken, request: sampleRequest(), tags: {} });
  const waiting = await start("waiting");
  const arn = `arn:aws:emr-containers:${call.scope.region}:${call.scope.account}:/virtualclusters/${cluster}`;
  await emr.tagResource(call, arn, { team: "devs" });

  const state = async () => (await emr.describeVirtualCluster(call, cluster)).state;
  await emr.deleteVirtualCluster(call, cluster);
  assert.equal(await state(), "TERMINATING");
  await assert.rejects(start("late"), {
    kind: "invalid",
    message: "Virtual cluster state TERMINATING is not valid to create resource JobRun.",
  });
  assert.equal((await start("waiting")).id, waiting.id, "what was accepted stays so");
  const created = { name: "cluster-1", eksClusterId: "eks", namespace: "other", tags: {} };
  await assert.rejects(emr.createVirtualCluster(call, { ...created, clientToken: "early" }), {
    kind: "invalid",
  });
  assert.equal((await emr.deleteVirtualCluster(call, cluster)).state, "TERMINATING");
  assert.deepEqual(await emr.listTags(call, arn), { team: "devs" });

  plane.engine.finish(applicationId(run), { code: 0 });
  await plane.settle();
  assert.equal((await emr.describeJobRun(call, cluster, waiting.id)).state, "RUNNING");
  assert.equal(await state(), "TERMINATING");
  await emr.cancelJobRun(call, cluster, waiting.id);
  await plane.settle();
  const gone = await emr.describeVirtualCluster(call, cluster);
  assert.deepEqual([gone.state, gone.terminatedAtMs, gone.tags], ["TERMINATED", plane.clock.now(), {}]);
  await assert.rejects(emr.deleteVirtualCluster(call, cluster), {
    kind: "invalid",
    message: `Virtual cluster ${cluster} is already terminated.`,
  });
  await emr.createVirtualCluster(call, { ...created, clientToken: "late" });
  const events = await plane.store.events.of(cluster);
  const states = events.flatMap(({ type, detail }) =>
    type.endsWith("state-changed") ? [Object(detail).to] : [],
  );
  assert.deepEqual(states, ["RUNNING", "TERMINATING", "TERMINATED"]);
});

test("a server that was killed behind the last run's end completes the deletion when it starts again", async (context) => {
  const plane = await controlPlane(context);
  const { emr, context: call } = plane;
  const { cluster, run } = await plane.startRun();
  await emr.deleteVirtualCluster(call, cluster);
  await emr.cancelJobRun(call, cluster, run);
  assert.equal((await emr.describeVirtualCluster(call, cluster)).state, "TERMINATING");
  plane.restart();
  await plane.settle();
  assert.equal((await emr.describeVirtualCluster(call, cluster)).state, "TERMINATED");
});
