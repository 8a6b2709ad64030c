import assert from "node:assert/strict";
import { test } from "node:test";
import {
  REFUSED_OPTIONS,
  readSparkOptions,
  refuseReservedProperties,
  VALUE_OPTIONS,
} from "./spark-options.ts";

test("an option wins over --conf of its property, whatever the order, as in SparkSubmit", () => {
  const { properties } = readSparkOptions(["--driver-memory", "3g", "--conf", "spark.driver.memory=1g"], "p");
  assert.equal(properties["spark.driver.memory"], "3g");
});

test("of two --conf for one key the later stands, and a value may hold equals signs", () => {
  const { properties } = readSparkOptions(["--conf", "a=1", "-c", "a=b=c", "--conf=d=e"], "p");
  assert.deepEqual(properties, { a: "b=c", d: "e" });
});

test("the tokens are kept as given", () => {
  const tokens = ["--class", "Main", "--verbose", "--jars", "s3://b/a.jar,s3://b/b.jar"];
  assert.deepEqual(readSparkOptions(tokens, "p").tokens, tokens);
});

const refusals: readonly [tokens: string[], message: RegExp][] = [
  [["--master", "yarn"], /^p: option --master is not supported: the service decides/],
  [["--deploy-mode=cluster"], /^p: option --deploy-mode is not supported/],
  [["--conf"], /^p: option --conf needs a value/],
  [["--conf", "novalue"], /^p: --conf takes KEY=VALUE; the value of one of them has no key/],
  [["--nope", "1"], /^p: unknown option --nope/],
  [["toString"], /^p: unexpected argument 'toString'/],
  [["job.py"], /^p: unexpected argument 'job.py'/],
  [["--conf", "spark.master=local"], /^p: spark.master is not supported/],
];

for (const [tokens, message] of refusals) {
  test(`refused: ${tokens.join(" ")}`, () =>
    assert.throws(() => readSparkOptions(tokens, "p"), { kind: "invalid", message }));
}

const RESERVED = [
  "spark.kubernetes.authenticate.driver.serviceAccountName",
  "spark.kubernetes.authenticate.executor.serviceAccountName",
  "spark.kubernetes.namespace",
  "spark.kubernetes.driver.pod.name",
  "spark.kubernetes.container.image.pullPolicy",
  "spark.kubernetes.container.image",
];

for (const key of RESERVED) {
  test(`reserved (emr-b.md 3.3): ${key}`, () => {
    assert.throws(() => refuseReservedProperties({ [key]: "x" }, "p"), { kind: "invalid" });
    assert.throws(() => readSparkOptions(["--conf", `${key}=x`], "p"), { kind: "invalid" });
  });
}

for (const option of Object.keys(VALUE_OPTIONS)) {
  test(`${option} is taken`, () => {
    const value = ["--conf", "-c"].includes(option) ? "spark.key=1" : "1";
    assert.deepEqual(readSparkOptions([option, value], "p").tokens, [option, value]);
  });
}

for (const [option, why] of Object.entries(REFUSED_OPTIONS)) {
  test(`${option} is refused with its reason`, () => {
    const message = `p: option ${option} is not supported: ${why}.`;
    assert.throws(() => readSparkOptions([option, "x"], "p"), { kind: "invalid", message });
  });
}
