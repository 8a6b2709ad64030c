import assert from "node:assert/strict";
import { test } from "node:test";
import { controlPlane } from "../../test/support/control-plane.ts";
import { sampleRequest } from "../../test/support/samples.ts";
import { isActive } from "../core/job-run/job-run.ts";

test("a delete beside starts never leaves an active run in a terminated cluster", async (context) => {
  const { emr, context: call, store } = await controlPlane(context);
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
    await Promise.allSettled([start(1), emr.deleteVirtualCluster(call, cluster.id), start(2)]);
    const { state } = await emr.describeVirtualCluster(call, cluster.id);
    const { rows } = await store.jobRuns.list(call.scope, cluster.id, {}, { after: null, limit: 10 });
    const active = rows.filter((run) => isActive(run.state)).length;
    assert.ok(state === "TERMINATED" ? active === 0 : active > 0, `${state} with ${active} active runs`);
  }
});

test("a refused delete leaves the cluster as it was", async (context) => {
  const { emr, context: call, startRun } = await controlPlane(context);
  const { cluster, run } = await startRun();
  await assert.rejects(emr.deleteVirtualCluster(call, cluster), {
    kind: "invalid",
    message: /1 active job run:/,
  });
  assert.equal((await emr.describeVirtualCluster(call, cluster)).state, "RUNNING");
  assert.equal((await emr.describeJobRun(call, cluster, run)).state, "PENDING");
});
