import assert from "node:assert/strict";
import { test } from "node:test";
import { FairLine } from "./fair-line.ts";

/** Work that ends when it is told to; `a1x2` is the second for the name `x` of the source `a1`. */
function held(line: FairLine) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const gone = new Set<string>();
  const ask = (id: string) =>
    line.run({ source: id.slice(0, 2), name: id.slice(0, 3), isGone: () => gone.has(id) }, () => {
      begun.push(id);
      return new Promise<string>((resolve) => ends.push(() => resolve(id)));
    });
  /** Ends the oldest, and lets the next begin. */
  const end = async () => {
    ends.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { begun, gone, ask, end };
}

test("no more than its places run at a time, the last and those whose turn it is by turns", async () => {
  const { begun, ask, end } = held(new FairLine(2));
  const ids = ["a1x1", "a1x2", "a1x3", "a1x4", "b1x1", "a1x5", "a1y1", "c1x1"];
  const asked = ids.map(ask);
  assert.deepEqual(begun, ["a1x1", "a1x2"]);
  for (let count = 0; count < ids.length; count += 1) await end();
  assert.deepEqual(begun.slice(2), ["c1x1", "a1x3", "a1y1", "b1x1", "a1x5", "a1x4"]);
  assert.deepEqual(await Promise.all(asked), ids);
});

test("whoever comes first has a turn however many come after, from elsewhere or for other names", async () => {
  for (const flood of ["b1x", "a1y"]) {
    const { begun, ask, end } = held(new FairLine(1));
    const asked = [ask(`${flood}0`), ask("a1x1")];
    for (let count = 1; count <= 10; count += 1) {
      asked.push(ask(`${flood}${count}`), ask(`${flood}${count}+`));
      await end();
    }
    assert.ok(begun.indexOf("a1x1") <= 4, begun.join(" "));
    while (begun.length < asked.length) await end();
    await end();
    assert.equal(new Set(await Promise.all(asked)).size, asked.length);
  }
});

test("what nobody waits for any more is not done, and takes nobody's place", async () => {
  const { begun, gone, ask, end } = held(new FairLine(1));
  const asked = ["a1x1", "a1x2", "b1x1", "a1x3"].map(ask);
  for (const id of ["a1x2", "a1x3"]) gone.add(id);
  await end();
  await end();
  assert.deepEqual(begun, ["a1x1", "b1x1"]);
  assert.deepEqual(await Promise.all(asked), ["a1x1", null, "b1x1", null]);
  const again = ask("a1x4");
  await end();
  assert.equal(await again, "a1x4");
});

test("a place is free again after work that failed", async () => {
  const line = new FairLine(1);
  const asking = { source: "a", name: "x", isGone: () => false };
  await assert.rejects(line.run(asking, () => Promise.reject(new Error("no"))));
  assert.equal(await line.run(asking, async () => 1), 1);
});
