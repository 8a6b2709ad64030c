import assert from "node:assert/strict";
import { test } from "node:test";
import { FairLine } from "./fair-line.ts";

/** Work that ends when it is told to. */
function held(line: FairLine) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string) =>
    line.run(name.charAt(0), () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    });
  /** Ends the oldest, and lets the next begin. */
  const end = async () => {
    ends.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { begun, ask, end };
}

test("no more than its places run at a time, and names take turns for them", async () => {
  const { begun, ask, end } = held(new FairLine(2));
  const asked = ["a1", "a2", "a3", "a4", "b1", "a5", "c1", "b2"].map(ask);
  assert.deepEqual(begun, ["a1", "a2"]);
  for (let count = 0; count < asked.length; count += 1) await end();
  assert.deepEqual(begun, ["a1", "a2", "a3", "b1", "c1", "a4", "b2", "a5"]);
  assert.deepEqual(await Promise.all(asked), ["a1", "a2", "a3", "a4", "b1", "a5", "c1", "b2"]);
});

test("a place is free again after work that failed", async () => {
  const line = new FairLine(1);
  await assert.rejects(line.run("a", () => Promise.reject(new Error("no"))));
  assert.equal(await line.run("a", async () => 1), 1);
});
