import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { JoiningWriter } from "./joining-writer.ts";

async function turns(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

test("what one turn writes is one piece, in its order, and is written at once where that is asked for", async () => {
  const pieces: string[] = [];
  const writer = new JoiningWriter((text) => pieces.push(text));
  writer.write("a");
  writer.write("b");
  assert.deepEqual(pieces, []);
  writer.flush();
  assert.deepEqual(pieces, ["ab"]);
  writer.write("c");
  await turns();
  assert.deepEqual(pieces, ["ab", "c"]);
});

test("what is written soon after waits a moment, and the next after a rest does not", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const pieces: string[] = [];
  const writer = new JoiningWriter((text) => pieces.push(text));
  writer.write("a");
  await turns();
  writer.write("b");
  await turns();
  writer.write("c");
  await turns();
  assert.deepEqual(pieces, ["a"]);
  context.mock.timers.tick(10);
  assert.deepEqual(pieces, ["a", "bc"]);
  // Nothing came while it rested.
  context.mock.timers.tick(10);
  writer.write("d");
  await turns();
  assert.deepEqual(pieces, ["a", "bc", "d"]);
});
