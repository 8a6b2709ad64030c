import assert from "node:assert/strict";
import { test } from "node:test";
import { effectiveProperties, formatSubmitOptions, parseSubmitOptions } from "./submit-options.ts";

test("options are read as spark-submit reads them", () => {
  const tokens = ["--class", "a.B", "--conf", "k=a=b", "--jars=x,y", "-v", "-c", "--odd=1"];
  assert.deepEqual(parseSubmitOptions(tokens), [
    { name: "--class", value: "a.B" },
    { name: "--conf", value: "k=a=b" },
    { name: "--jars", value: "x,y" },
    { name: "-v", value: null },
    { name: "-c", value: "--odd=1" },
  ]);
});

test("options are written as they were read", () => {
  const tokens = ["--conf", "k=a b", "--verbose", "--name", ""];
  assert.deepEqual(formatSubmitOptions(parseSubmitOptions(tokens)), tokens);
});

for (const [tokens, message] of [
  [["--conf", "a=b", "--class"], /Missing argument for option '--class'/],
  [["job.py"], /'job.py' is neither an option/],
] as const) {
  test(`refuses ${tokens.join(" ")}`, () => assert.throws(() => parseSubmitOptions(tokens), message));
}

test("an option wins over --conf, the last --conf over earlier ones, --conf over the defaults", () => {
  const options = parseSubmitOptions([
    "--driver-class-path",
    "/option",
    "--conf",
    "spark.driver.extraClassPath=/conf",
    "--conf",
    "spark.b=1",
    "-c",
    "spark.b=2",
  ]);
  assert.deepEqual(
    effectiveProperties(
      { "spark.driver.extraClassPath": "/default", "spark.b": "0", "spark.c": "3" },
      options,
    ),
    {
      "spark.driver.extraClassPath": "/option",
      "spark.b": "2",
      "spark.c": "3",
    },
  );
});
