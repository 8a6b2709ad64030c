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
