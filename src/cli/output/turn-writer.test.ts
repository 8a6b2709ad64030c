import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { TurnWriter } from "./turn-writer.ts";

test("what one turn writes is one piece, in its order, and is written at once where that is asked for", async () => {
  const pieces: string[] = [];
  const writer = new TurnWriter((text) => pieces.push(text));
  writer.write("a");
  writer.write("b");
  assert.deepEqual(pieces, []);
  writer.flush();
  assert.deepEqual(pieces, ["ab"]);
  writer.write("c");
  await nextTurn();
  await nextTurn();
  assert.deepEqual(pieces, ["ab", "c"]);
});
