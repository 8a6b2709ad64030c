import assert from "node:assert/strict";
import { test } from "node:test";
import { readReleaseLabel } from "./release-label.ts";

const known: readonly [label: string, sparkVersion: string, javaVersion: number | null][] = [
  ["emr-7.7.0-latest", "3.5", null],
  ["emr-7.7.0-20250131", "3.5", null],
  ["emr-7.6.0-java11-latest", "3.5", 11],
  ["emr-6.12.0-java17-latest", "3.4", 17],
  ["emr-6.13.0-java17-al2023-latest", "3.4", 17],
  ["emr-6.11.0-latest", "3.3", null],
  ["emr-7.0.0-2024321", "3.5", null],
  ["emr-6.2.0-latest", "3.0", null],
  ["emr-5.36.0-latest", "2.4", null],
];
for (const [label, sparkVersion, javaVersion] of known) {
  test(`${label} runs Spark ${sparkVersion}`, () => {
    assert.deepEqual(readReleaseLabel(label), { kind: "known", runtime: { sparkVersion, javaVersion } });
  });
}

for (const label of [
  "emr-6.9.0-spark-rapids-latest",
  "emr-7.7.0-flink-latest",
  "emr-7.7.0-spark-rapids-java8-latest",
]) {
  test(`${label} is known and unsupported`, () => assert.equal(readReleaseLabel(label).kind, "unsupported"));
}

for (const label of [
  "emr-9.9.9-latest",
  "emr-7.7.0",
  "7.7.0-latest",
  "emr-7.7.0-java99-latest",
  "emr-5.31.0-latest",
  "livy/emr-7.7.0-latest",
  // What every object of JavaScript has is no flavour.
  "emr-7.7.0-constructor-latest",
]) {
  test(`${label} does not exist`, () => assert.equal(readReleaseLabel(label).kind, "unknown"));
}
