import assert from "node:assert/strict";
import { test } from "node:test";
import { formatProperties, parseProperties } from "./properties-file.ts";

const AWKWARD = {
  "spark.app.name": "a = b : c # d ! e",
  "key with spaces": "  leading spaces",
  "key=with:signs#!": "C:\\temp\\new",
  lines: "first\nsecond\r\n\tthird\fend",
  unicode: "größe 漢字 😀",
  empty: "",
  "-Dx": "-Da=\"b c\" -Dd='e'",
  trailing: "backslash\\",
};

test("what is written reads back to the same keys and values", () => {
  assert.deepEqual(parseProperties(formatProperties(AWKWARD)), AWKWARD);
});

test("the file is plain ASCII with one line a property", () => {
  const text = formatProperties(AWKWARD);
  assert.match(text, /^[\x20-\x7e\n]*$/);
  assert.equal(text.trimEnd().split("\n").length, Object.keys(AWKWARD).length);
});

for (const [name, text, expected] of [
  ["separators", "a=1\nb:2\nc 3\nd   =   4\n", { a: "1", b: "2", c: "3", d: "4" }],
  ["comments and blank lines", "# a=1\n\n  ! b=2\nc=3 # part of the value", { c: "3 # part of the value" }],
  ["continued lines", "a=one,\\\n    two\nb=3\\\\\nc=4", { a: "one,two", b: "3\\", c: "4" }],
  ["the later of two values", "a=1\na=2", { a: "2" }],
  ["a key alone", "a\nb=", { a: "", b: "" }],
  ["Windows line ends", "a=1\r\nb=2\r\n", { a: "1", b: "2" }],
] as const) {
  test(`reads ${name}`, () => assert.deepEqual(parseProperties(text), expected));
}
