import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type ControlPlane, controlPlane, type Started } from "../../test/support/control-plane.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { applicationId } from "../core/ids.ts";
import { type Chore, ControlLoop } from "./control-loop.ts";

const TIMEOUT_MS = 60_000;

/** The control plane with its loop, which looks at everything every few milliseconds. */
async function looping(context: TestContext, chores: readonly Chore[] = []) {
  const plane = await controlPlane(context);
  plane.runtimePort.changed = async (signal) => {
    if (!signal.aborted) await once(signal, "abort");
  };
  const errors: string[] = [];
  const loop = new ControlLoop(
    {
      dependencies: plane.dependencies,
      engine: plane.engine,
      runtimes: plane.runtimePort,
      chores,
      ...plane.parts(),
    },
    { sweepIntervalMs: 20, logIntervalMs: 20, lookRestMs: 0 },
    (part, error) => errors.push(`${part}: ${error}`),
  );
  return { plane, loop, errors };
}

const reaches = (plane: ControlPlane, { cluster, run }: Started, state: string) =>
  waitFor(
    `run ${run} to be ${state}`,
    TIMEOUT_MS,
    async () => (await plane.emr.describeJobRun(plane.context, cluster, run)).state === state,
  );

test("a part that fails when it is woken is woken again, though nothing happens", async (context) => {
  const { plane, loop, errors } = await looping(context);
  const { resolve } = plane.runtimePort;
  plane.runtimePort.resolve = async (requirement) => {
    plane.runtimePort.resolve = resolve;
    throw new Error(`no look at ${requirement.sparkVersion}`);
  };
  const started = await plane.startRun();
  loop.start();
  await reaches(plane, started, "RUNNING");
  await loop.stop();
  assert.deepEqual(errors, ["admission: Error: no look at 3.5"]);
});

test("hints that break off are followed again, and what they would have told is found meanwhile", async (context) => {
  const { plane, loop, errors } = await looping(context);
  const { changes } = plane.engine;
  let followed = 0;
  plane.engine.changes = (signal) => {
    followed += 1;
    if (followed === 1) throw new Error("the feed broke");
    return changes.call(plane.engine, signal);
  };
  const started = await plane.startRun();
  loop.start();
  await reaches(plane, started, "RUNNING");
  plane.engine.finish(applicationId(started.run), { code: 0 });
  await reaches(plane, started, "COMPLETED");
  await waitFor("the hints to be followed again", TIMEOUT_MS, async () => followed === 2);
  await loop.stop();
  assert.deepEqual(errors, ["the engine's hints: Error: the feed broke"]);
});

test("chores are done at the start and again, one that fails too, and stop waits for them", async (context) => {
  const gate = Promise.withResolvers<void>();
  let runs = 0;
  const chore: Chore = {
    name: "chore",
    intervalMs: 20,
    async run() {
      runs += 1;
      if (runs === 1) throw new Error("not this time");
      await gate.promise;
    },
  };
  const { loop, errors } = await looping(context, [chore]);
  loop.start();
  await waitFor("the chore to be done again", TIMEOUT_MS, async () => runs === 2);
  let stopped = false;
  const stop = loop.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stopped, false);
  gate.resolve();
  await stop;
  assert.deepEqual(errors, ["chore: Error: not this time"]);
});

test("the loop does not spin while an effect waits for a clock that was put back", async (context) => {
  const { plane, loop } = await looping(context);
  const started = await plane.startRun();
  plane.engine.failLaunch(applicationId(started.run), new Error("later"));
  await plane.parts().admission.run();
  await plane.parts().outbox.run();
  plane.clock.jump(-365 * 86_400_000);
  let looks = 0;
  const { due } = plane.store.effects;
  Object.assign(plane.store.effects, {
    due: (...given: Parameters<typeof due>) => {
      looks += 1;
      return due(...given);
    },
  });
  loop.start();
  const looksAtSweep = () => looks;
  await waitFor("some sweeps", TIMEOUT_MS, async () => looksAtSweep() >= 3);
  plane.clock.advance(1_000);
  await reaches(plane, started, "RUNNING");
  await loop.stop();
  assert.ok(looks < 1_000, `${looks} looks`);
});
