import assert from "node:assert/strict";
import { test } from "node:test";
import { keepLast } from "./keep-last.ts";

test("the last answer is kept, and no earlier one", () => {
  const asked: (number | undefined)[] = [];
  const text = keepLast((key: number | undefined) => {
    asked.push(key);
    return `${key}`;
  });
  assert.deepEqual([undefined, undefined, 1, 1, 2, 1].map(text), [
    "undefined",
    "undefined",
    "1",
    "1",
    "2",
    "1",
  ]);
  assert.deepEqual(asked, [undefined, 1, 2, 1]);
});
