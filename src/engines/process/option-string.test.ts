import assert from "node:assert/strict";
import { test } from "node:test";
import { splitOptionString } from "./option-string.ts";

// Each pair was printed by CommandBuilderUtils.parseOptionString of Spark 3.5.9.
for (const [text, expected] of [
  ["-Da=b  -Dc='d e' -Df=\"g h\"", ["-Da=b", "-Dc=d e", "-Df=g h"]],
  ["a\\ b c", ["a b", "c"]],
  ["'a\"b' \"c'd\"", ['a"b', "c'd"]],
  ['"a\\"b" c', ['a"b', "c"]],
  ['"" x', ["", "x"]],
  ["-Dx='a\\\\b'", ["-Dx=a\\\\b"]],
  ["a\\\\b", ["a\\b"]],
  ["", []],
] as const) {
  test(`splits ${JSON.stringify(text)}`, () => assert.deepEqual(splitOptionString(text), expected));
}

test("an open quote is an error", () => {
  assert.throws(() => splitOptionString("-Da='b"), /Invalid option string/);
});
