import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "./simulate.ts";

const STEPS = Number(process.env.STEPS ?? 120);
const SEEDS = Number(process.env.SEEDS ?? 250);
/** Set to replay one seed that a failure has named. */
const { SEED } = process.env;

test("the control plane keeps its promises whatever happens to it", async (context) => {
  const seeds = SEED === undefined ? Array.from({ length: SEEDS }, (_, index) => index + 1) : [Number(SEED)];
  let launches = 0;
  for (const seed of seeds) launches += (await simulate(seed, STEPS)).launches;
  context.diagnostic(`${seeds.length} seeds, ${launches} drivers launched`);
});

test("a seed replays exactly", async () => {
  const [first, second] = [await simulate(7, STEPS), await simulate(7, STEPS)];
  assert.deepEqual(first, second);
});
