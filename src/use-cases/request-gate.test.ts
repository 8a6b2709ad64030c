import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestGate, throughGate } from "./request-gate.ts";

test("who is alone waits for those inside and holds up those who come, in order", async () => {
  const gate = new RequestGate();
  const happened: string[] = [];
  const step = Promise.withResolvers<void>();
  const first = gate.pass(async () => {
    await step.promise;
    happened.push("first");
  });
  const alone = [1, 2].map((turn) =>
    gate.alone(async () => {
      happened.push(`alone ${turn} begins`);
      await new Promise(setImmediate);
      happened.push(`alone ${turn} ends`);
    }),
  );
  const later = gate.pass(async () => happened.push("later"));
  await new Promise(setImmediate);
  assert.deepEqual(happened, []);
  step.resolve();
  await Promise.all([first, ...alone, later]);
  assert.deepEqual(happened, [
    "first",
    "alone 1 begins",
    "alone 1 ends",
    "alone 2 begins",
    "alone 2 ends",
    "later",
  ]);
});

test("a failure inside or alone leaves the gate open", async () => {
  const gate = new RequestGate();
  const fail = async () => {
    throw new Error("no");
  };
  const useCases = throughGate({ fail, answer: async (one: number, two: number) => one + two }, gate);
  await assert.rejects(useCases.fail(), /no/);
  await assert.rejects(gate.alone(fail), /no/);
  assert.equal(await useCases.answer(1, 2), 3);
});
