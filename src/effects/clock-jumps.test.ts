import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ControlPlane, controlPlane, type Started } from "../../test/support/control-plane.ts";
import { sampleRequest } from "../../test/support/samples.ts";
import { applicationId } from "../core/ids.ts";
import { NOT_FOUND_GRACE_MS } from "./reconciler.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const tagOf = ({ run }: Started) => applicationId(run);
const stateOf = async (plane: ControlPlane, { cluster, run }: Started) =>
  (await plane.emr.describeJobRun(plane.context, cluster, run)).state;

const jumps: readonly [name: string, ms: number][] = [
  ["back by an hour", -HOUR_MS],
  ["back by a year", -YEAR_MS],
  ["on by an hour", HOUR_MS],
  ["on by a year", YEAR_MS],
];

for (const [name, jumpMs] of jumps) {
  const clockTest = (title: string, run: (plane: ControlPlane) => Promise<void>) =>
    test(`when the clock is put ${name}, ${title}`, async (context: TestContext) =>
      run(await controlPlane(context)));

  clockTest("every step of a run is still done, once, also over a restart", async (plane) => {
    const started = await plane.startRun();
    plane.clock.jump(jumpMs);
    await plane.parts().admission.run();
    plane.clock.jump(jumpMs);
    await plane.parts().outbox.run();
    assert.equal(await stateOf(plane, started), "RUNNING");
    plane.engine.finish(tagOf(started), { code: 0 });
    await plane.parts().reconciler.sweep();
    plane.clock.jump(jumpMs);
    plane.restart();
    await plane.parts().outbox.run();
    assert.equal(await stateOf(plane, started), "COMPLETED");
    assert.equal(plane.engine.started.length, 1);
  });

  clockTest("a cancel that was asked for before reaches the driver", async (plane) => {
    const started = await plane.startRun();
    await plane.settle();
    await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
    plane.clock.jump(jumpMs);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "CANCELLED");
  });

  clockTest("a run has its whole time to start, and no more", async (plane) => {
    plane.engine.hold();
    const started = await plane.startRun();
    await plane.settle();
    plane.clock.jump(jumpMs);
    await plane.settle();
    plane.clock.advance(899_999);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "SUBMITTED");
    plane.clock.advance(1);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "FAILED");
  });

  clockTest("a driver that cannot be found has its whole grace period, and no more", async (plane) => {
    const started = await plane.startRun();
    await plane.settle();
    plane.engine.forget(tagOf(started));
    await plane.settle();
    plane.clock.jump(jumpMs);
    plane.clock.advance(NOT_FOUND_GRACE_MS - 1);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "RUNNING");
    plane.clock.advance(1);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "FAILED");
  });

  clockTest(
    "a failed launch is tried again after its pause, which is no longer than a minute",
    async (plane) => {
      const started = await plane.startRun();
      plane.engine.failLaunch(tagOf(started), new Error("later"));
      await plane.settle();
      plane.clock.jump(jumpMs);
      plane.clock.advance(1_000);
      await plane.settle();
      assert.equal(await stateOf(plane, started), "RUNNING");
    },
  );

  clockTest("a failed launch of the last server is tried again within a minute", async (plane) => {
    const started = await plane.startRun();
    plane.engine.failLaunch(tagOf(started), new Error("later"));
    await plane.settle();
    plane.clock.jump(jumpMs);
    plane.restart();
    await plane.settle();
    plane.clock.advance(60_000);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "RUNNING");
    assert.equal(plane.engine.started.length, 1);
  });

  clockTest("the delivery of logs is tried for its whole time", async (plane) => {
    await plane.buckets.create("logs");
    plane.buckets.appendAt = () => Promise.reject(new Error("no space left on device"));
    const monitoringConfiguration = { s3MonitoringConfiguration: { logUri: "s3://logs/prefix" } };
    const started = await plane.startRun({ configurationOverrides: { monitoringConfiguration } });
    await plane.settle();
    plane.engine.finish(tagOf(started), { code: 0 });
    await plane.settle();
    plane.clock.jump(jumpMs);
    plane.clock.advance(59_000);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "RUNNING");
    plane.clock.advance(60_000);
    await plane.settle();
    assert.equal(await stateOf(plane, started), "COMPLETED");
  });

  clockTest("a client token still stands for its run, and ids are new", async (plane) => {
    const input = (virtualClusterId: Started["cluster"], clientToken: string) => ({
      virtualClusterId,
      clientToken,
      request: sampleRequest(),
      tags: {},
    });
    const first = await plane.startRun();
    plane.clock.jump(jumpMs);
    const again = await plane.emr.startJobRun(plane.context, input(first.cluster, "cluster-1"));
    assert.equal(again.id, first.run);
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        plane.emr.startJobRun(plane.context, input(first.cluster, `other ${i}`)),
      ),
    );
    assert.equal(new Set([first.run, ...others.map(({ id }) => id)]).size, 21);
  });
}
