import assert from "node:assert/strict";
import { test } from "node:test";
import { Trigger } from "./trigger.ts";

test("work never runs beside itself, and once more when fired meanwhile", async () => {
  let runs = 0;
  const gates: (() => void)[] = [];
  const started: (() => void)[] = [];
  const nextStart = () => new Promise<void>((resolve) => started.push(resolve));
  const trigger = new Trigger(
    () => {
      runs += 1;
      started.shift()?.();
      return new Promise((resolve) => gates.push(resolve));
    },
    (error) => assert.fail(String(error)),
  );
  trigger.fire();
  trigger.fire();
  trigger.fire();
  assert.equal(runs, 1);
  const second = nextStart();
  gates.shift()?.();
  await second;
  assert.equal(runs, 2);
  gates.shift()?.();
  await trigger.stop();
  trigger.fire();
  assert.equal(runs, 2);
});

test("a failure is reported and does not stop later work", async () => {
  const errors: unknown[] = [];
  let runs = 0;
  const trigger = new Trigger(
    async () => {
      runs += 1;
      if (runs === 1) throw new Error("first");
    },
    (error) => errors.push(error),
  );
  trigger.fire();
  trigger.fire();
  await trigger.stop();
  assert.equal(errors.length, 1);
});

test("work that was done rests before it is done again, and stop does not wait for that", async () => {
  let runs = 0;
  const again = Promise.withResolvers<void>();
  const work = async () => {
    runs += 1;
    if (runs === 2) again.resolve();
  };
  const trigger = new Trigger(work, (error) => assert.fail(String(error)), 30);
  const from = performance.now();
  trigger.fire();
  trigger.fire();
  assert.equal(runs, 1);
  await again.promise;
  // Timers may go off a millisecond early.
  assert.ok(performance.now() - from >= 29);
  await trigger.stop();
  const longer = new Trigger(
    async () => undefined,
    () => undefined,
    600_000,
  );
  longer.fire();
  await longer.stop();
});
