import assert from "node:assert/strict";
import { appendFile, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type ControlPlane, controlPlane, type Started } from "../../test/support/control-plane.ts";
import { launchRequest } from "../../test/support/launch-request.ts";
import { sampleApplication, sampleRequest } from "../../test/support/samples.ts";
import { applicationId } from "../core/ids.ts";
import { LIST_INTERVAL_MS, ORPHAN_GRACE_MS } from "./orphans.ts";
import { NOT_FOUND_GRACE_MS } from "./reconciler.ts";

const HOUR_MS = 3_600_000;
const tagOf = ({ run }: Started) => applicationId(run);
const stateOf = async (plane: ControlPlane, { cluster, run }: Started) =>
  (await plane.emr.describeJobRun(plane.context, cluster, run)).state;

/** Accepted and admitted: the launch is stored and nobody has done it. */
async function admitted(context: TestContext): Promise<{ plane: ControlPlane; started: Started }> {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  await plane.parts().admission.run();
  return { plane, started };
}

async function running(
  context: TestContext,
  logs = false,
): Promise<{ plane: ControlPlane; started: Started }> {
  const plane = await controlPlane(context);
  const started = await plane.startRun(logs ? { configurationOverrides: LOGS } : {});
  await plane.settle();
  return { plane, started };
}

const LOGS = {
  monitoringConfiguration: {
    s3MonitoringConfiguration: { logUri: "s3://logs/prefix" },
    cloudWatchMonitoringConfiguration: { logGroupName: "/jobs", logStreamNamePrefix: "p" },
  },
};

/** Where the driver's standard output goes, in the bucket and in the log group. */
async function sinksOf(plane: ControlPlane): Promise<{ object: string; stream: string }> {
  const objects = await Array.fromAsync(plane.buckets.listObjects("logs", "prefix/"));
  const key = objects.map((object) => object.key).find((name) => name.endsWith("-driver/stdout.gz"));
  assert.ok(key, "the driver's stdout must be in the bucket");
  const stream = key.replace("prefix/", "").replace(".gz", "");
  return {
    object: join(plane.directory, "buckets", "logs", key),
    stream: join(plane.directory, "logs", "jobs", "p", stream),
  };
}

test("a server that was down for an hour launches what it had admitted, whichever part looks first", async (context) => {
  const { plane, started } = await admitted(context);
  plane.clock.advance(HOUR_MS);
  plane.restart();
  await plane.parts().reconciler.sweep();
  plane.clock.advance(NOT_FOUND_GRACE_MS);
  await plane.parts().reconciler.sweep();
  await plane.settle();
  assert.equal(await stateOf(plane, started), "RUNNING");
  assert.equal(plane.engine.started.length, 1);
});

test("a launch that fails for longer than the grace period loses nothing", async (context) => {
  const { plane, started } = await admitted(context);
  for (let minute = 0; minute < 5; minute += 1) {
    plane.engine.failLaunch(tagOf(started), new Error("no space left on device"));
    await plane.settle();
    plane.clock.advance(60_000);
  }
  assert.equal(await stateOf(plane, started), "SUBMITTED");
  await plane.settle();
  assert.equal(await stateOf(plane, started), "RUNNING");
  for (const failure of plane.failures) assert.match(String(failure), /no space left/);
});

test("what was cancelled before its launch is not launched while the engine cannot tell whether it was", async (context) => {
  const { plane, started } = await admitted(context);
  plane.engine.failLaunch(tagOf(started), new Error("later"));
  await plane.parts().outbox.run();
  await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
  plane.engine.setUnreachable("no answer");
  plane.clock.advance(60_000);
  await plane.settle();
  assert.equal(plane.engine.started.length, 0);
  plane.engine.setUnreachable(null);
  plane.clock.advance(60_000);
  await plane.settle();
  assert.equal(await stateOf(plane, started), "CANCELLED");
  assert.equal(plane.engine.started.length, 0);
});

test("a launch whose answer was lost, and that was cancelled then, is ended", async (context) => {
  const { plane, started } = await admitted(context);
  const { launch } = plane.engine;
  plane.engine.launch = async (request) => {
    await launch.call(plane.engine, request);
    throw new Error("the answer was lost");
  };
  await plane.parts().outbox.run();
  // The kill comes to nothing, as where the driver's directory could not be seen yet.
  const { kill } = plane.engine;
  plane.engine.kill = async () => undefined;
  await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
  await plane.parts().outbox.run();
  plane.engine.kill = kill;
  plane.clock.advance(60_000);
  await plane.settle();
  assert.equal(await stateOf(plane, started), "CANCELLED");
  assert.equal(plane.engine.started.length, 1);
});

test("a run with much to deliver does not hold up the end of another", async (context) => {
  const { plane, started: first } = await running(context, true);
  const second = await plane.startRun();
  await plane.settle();
  const gate = Promise.withResolvers<void>();
  const append = plane.buckets.appendAt;
  plane.buckets.appendAt = async (...given) => {
    await gate.promise;
    return append.apply(plane.buckets, given);
  };
  plane.engine.finish(tagOf(first), { code: 0 });
  await plane.parts().reconciler.sweep();
  await plane.parts().outbox.begin(() => undefined);
  await plane.emr.cancelJobRun(plane.context, second.cluster, second.run);
  const ended = Promise.withResolvers<void>();
  await plane.parts().outbox.begin(() => ended.resolve());
  await ended.promise;
  assert.equal((await plane.engine.observe(tagOf(second))).kind, "exited");
  assert.equal(await stateOf(plane, first), "RUNNING");
  gate.resolve();
  await plane.settle();
  assert.equal(await stateOf(plane, first), "COMPLETED");
});

test("what a part cannot do for one run it does for the others", async (context) => {
  const { plane, started: first } = await running(context);
  const second = await plane.startRun();
  await plane.settle();
  const { observe } = plane.engine;
  plane.engine.observe = async (tag) => {
    if (tag === tagOf(first)) throw new Error("a broken record");
    return observe.call(plane.engine, tag);
  };
  plane.engine.finish(tagOf(second), { code: 0 });
  await assert.rejects(plane.parts().reconciler.sweep(), /a broken record/);
  await plane.parts().outbox.run();
  assert.equal(await stateOf(plane, second), "COMPLETED");
});

test("a runtime that cannot be looked at holds up no other run", async (context) => {
  const plane = await controlPlane(context);
  const first = await plane.startRun({ releaseLabel: "emr-6.15.0-latest" });
  const second = await plane.startRun();
  const { resolve } = plane.runtimePort;
  plane.runtimePort.resolve = async (requirement) => {
    if (requirement.sparkVersion === "3.4") throw new Error("the disk does not answer");
    return resolve(requirement);
  };
  await assert.rejects(plane.parts().admission.run(), /the disk does not answer/);
  await plane.parts().outbox.run();
  assert.deepEqual([await stateOf(plane, first), await stateOf(plane, second)], ["PENDING", "RUNNING"]);
  plane.runtimePort.resolve = resolve;
  await plane.settle();
  assert.equal(await stateOf(plane, first), "RUNNING");
});

for (const [what, spoil] of [
  ["removed", (path: string) => rm(path)],
  ["cut", (path: string) => truncate(path, 3)],
] as const) {
  for (const more of ["two\n", ""]) {
    test(`logs that somebody ${what} are delivered again from the beginning${more === "" ? ", also where nothing follows" : ""}`, async (context) => {
      const { plane, started } = await running(context, true);
      plane.engine.write(tagOf(started), "driver", "stdout", "one\n");
      await plane.deliverLogs();
      const { object, stream } = await sinksOf(plane);
      await spoil(object);
      await spoil(stream);
      plane.engine.write(tagOf(started), "driver", "stdout", more);
      plane.engine.finish(tagOf(started), { code: 0 });
      await plane.settle();
      assert.equal(await stateOf(plane, started), "COMPLETED");
      assert.equal(gunzipSync(await readFile(object)).toString(), `one\n${more}`);
      assert.equal(await readFile(stream, "utf8"), `one\n${more}`);
    });
  }
}

test("what a server wrote to a log and did not live to store is written once", async (context) => {
  const { plane, started } = await running(context, true);
  plane.engine.write(tagOf(started), "driver", "stdout", "one\n");
  await plane.deliverLogs();
  const { object, stream } = await sinksOf(plane);
  await appendFile(object, "half a gzip member");
  await appendFile(stream, "half a li");
  plane.restart();
  plane.engine.finish(tagOf(started), { code: 0 });
  await plane.settle();
  assert.equal(gunzipSync(await readFile(object)).toString(), "one\n");
  assert.equal(await readFile(stream, "utf8"), "one\n");
});

test("a driver of which the store knows nothing is ended after a grace period, with an event", async (context) => {
  const plane = await controlPlane(context);
  const tag = applicationId("stranger");
  await plane.engine.launch(launchRequest(tag));
  await plane.settle();
  plane.clock.advance(ORPHAN_GRACE_MS - 1);
  await plane.settle();
  assert.equal((await plane.engine.observe(tag)).kind, "running");
  plane.clock.advance(1);
  await plane.settle();
  assert.equal((await plane.engine.observe(tag)).kind, "exited");
  assert.deepEqual(plane.orphans, ["stranger"]);
  assert.deepEqual(
    (await plane.store.events.of("stranger")).map(({ type }) => type),
    ["application.orphan-ended"],
  );
});

test("a driver that comes back after its run was declared lost is ended, and the run stays as it is", async (context) => {
  const { plane, started } = await running(context);
  const tag = tagOf(started);
  plane.engine.forget(tag);
  await plane.settle();
  plane.clock.advance(NOT_FOUND_GRACE_MS);
  await plane.settle();
  assert.equal(await stateOf(plane, started), "FAILED");
  await plane.engine.launch(launchRequest(tag));
  plane.clock.advance(LIST_INTERVAL_MS);
  await plane.settle();
  plane.clock.advance(ORPHAN_GRACE_MS);
  await plane.settle();
  assert.equal((await plane.engine.observe(tag)).kind, "exited");
  assert.deepEqual(plane.orphans, [tag]);
  assert.equal(await stateOf(plane, started), "FAILED");
});

test("a driver that the store believes to be waiting or launching is adopted", async (context) => {
  const plane = await controlPlane(context);
  const waiting = await plane.startRun();
  await plane.engine.launch(launchRequest(tagOf(waiting)));
  await plane.parts().orphans.run();
  plane.clock.advance(ORPHAN_GRACE_MS);
  await plane.settle();
  assert.equal(await stateOf(plane, waiting), "RUNNING");
  assert.deepEqual(plane.orphans, []);
  assert.equal(plane.engine.started.length, 1);
});

test("drivers that have ended are no orphans", async (context) => {
  const { plane, started } = await running(context);
  plane.engine.finish(tagOf(started), { code: 0 });
  for (let look = 0; look < 3; look += 1) {
    await plane.settle();
    plane.clock.advance(LIST_INTERVAL_MS);
  }
  assert.deepEqual(plane.orphans, []);
});

test("what is over costs a new server nothing, and what runs costs an event nothing where nobody waits", async (context) => {
  const plane = await controlPlane(context);
  const grant = { asked: { cores: 1, memoryBytes: 1 }, granted: { cores: 1, memoryBytes: 1 } };
  const exit = { cause: "exited", code: 0, signal: null, summary: null, atMs: 1 } as const;
  const rows = Array.from({ length: 3_000 }, (_, i) =>
    sampleApplication({
      id: applicationId(`old-${i}`),
      createdAtMs: i,
      grant,
      ...(i < 1_000 ? { state: "running" } : { state: "succeeded", exit, endedAtMs: i }),
    }),
  );
  await plane.store.commit(rows.map((row) => ({ kind: "application", row })));
  const read: string[] = [];
  const { inStates, get, heldBy } = plane.store.applications;
  Object.assign(plane.store.applications, {
    async *inStates(...given: Parameters<typeof inStates>) {
      for await (const application of inStates(...given)) {
        read.push(application.state);
        yield application;
      }
    },
    get: async (...given: Parameters<typeof get>) => {
      read.push("one");
      return get(...given);
    },
    heldBy: async (...given: Parameters<typeof heldBy>) => {
      read.push("held");
      return heldBy(...given);
    },
  });
  plane.restart();
  await plane.parts().admission.run();
  await plane.parts().outbox.run();
  assert.equal(read.join(), "");
  await plane.parts().reconciler.sweep();
  assert.ok(!read.includes("succeeded"), "the sweep reads what is alive only");
});

test("client tokens hold over a restart", async (context) => {
  const { plane, started } = await running(context);
  plane.restart();
  const again = await plane.emr.startJobRun(plane.context, {
    virtualClusterId: started.cluster,
    clientToken: "cluster-1",
    request: sampleRequest(),
    tags: {},
  });
  assert.equal(again.id, started.run);
});
