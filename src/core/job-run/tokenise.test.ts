import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenise } from "./tokenise.ts";

const cases: readonly [name: string, text: string, tokens: readonly string[]][] = [
  ["nothing", "", []],
  ["white space only", " \t\n ", []],
  ["words", "--class Main  --conf a=b", ["--class", "Main", "--conf", "a=b"]],
  [
    "line breaks inside the string (emr-b.md E13)",
    "--conf\n a=true --conf b=300",
    ["--conf", "a=true", "--conf", "b=300"],
  ],
  [
    "backslash and line break (emr-b.md E10)",
    "--conf a=b \\\n--conf c=d",
    ["--conf", "a=b", "--conf", "c=d"],
  ],
  ["backslash and CRLF", "a\\\r\nb", ["ab"]],
  ["double quotes join", '--name "my job" x', ["--name", "my job", "x"]],
  ["single quotes keep backslashes", "'a\\b\"c'", ['a\\b"c']],
  ["escapes in double quotes", '"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
  ["escape outside quotes", "a\\ b", ["a b"]],
  ["empty quotes are an argument", "--name ''", ["--name", ""]],
  ["quotes inside a word", "--conf k='a b'c", ["--conf", "k=a bc"]],
  [
    "Java options",
    `--conf "spark.driver.extraJavaOptions=-Da=b -Dc='d e'"`,
    ["--conf", "spark.driver.extraJavaOptions=-Da=b -Dc='d e'"],
  ],
];

for (const [name, text, tokens] of cases) {
  test(`tokenise: ${name}`, () => assert.deepEqual(tokenise(text, "parameters"), tokens));
}

const refusals: readonly [text: string, message: RegExp][] = [
  ['--name "my job', /^parameters has an unbalanced " at character 8/],
  ["it's", /^parameters has an unbalanced ' at character 3/],
  ["a\\", /^parameters ends in a backslash/],
];

for (const [text, message] of refusals) {
  test(`tokenise refuses ${JSON.stringify(text)}`, () =>
    assert.throws(() => tokenise(text, "parameters"), { kind: "invalid", message }));
}
