import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomIds } from "./ids.ts";

test("ids of job runs have the service's form and sort by their making, also within a millisecond", () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const ids = new RandomIds({ now: () => nowMs });
  const made = Array.from({ length: 2000 }, (_, index) => {
    if (index % 1000 === 999) nowMs += 1;
    return ids.jobRun();
  });
  for (const id of made) assert.match(id, /^0[0-9a-z]{18}$/);
  assert.deepEqual([...made].sort(), made);
  assert.equal(new Set(made).size, made.length);
});

test("other ids have the service's forms", () => {
  const ids = new RandomIds({ now: () => 0 });
  assert.match(ids.virtualCluster(), /^[0-9a-z]{25}$/);
  assert.match(ids.sparkApplication(), /^spark-[0-9a-f]{32}$/);
  assert.notEqual(ids.effect(), ids.effect());
});

test("ids of job runs are new although every server starts at the same millisecond", () => {
  const ids = new Set<string>();
  for (let server = 0; server < 1_000; server += 1) {
    const random = new RandomIds({ now: () => 1_000 });
    for (let run = 0; run < 10; run += 1) ids.add(random.jobRun());
  }
  assert.equal(ids.size, 10_000);
});
