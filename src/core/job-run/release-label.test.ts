import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import { readReleaseLabel } from "./release-label.ts";
import { componentsOf, featuresOf } from "./release-label-features.ts";
import { RELEASES } from "./release-label-table.ts";
import { expandLabels, RELEASE_LABELS } from "./release-labels.ts";

/** Every label that the guide lists, taken from its text (emr-d.md 7.2). */
const LISTED = readFileSync(join(import.meta.dirname, "../../../test/fixtures/release-labels.txt"), "utf8")
  .trim()
  .split("\n");

test("the table expands to the 458 labels of the guide, and to no other", () => {
  assert.equal(LISTED.length, 458);
  const expanded = expandLabels(RELEASES).map(({ label }) => label);
  assert.deepEqual(expanded.sort(), LISTED.toSorted());
});

test("each of the 458 is either run or refused with a reason, and resolves to a label that is known", () => {
  const counts = { known: 0, unsupported: 0 };
  for (const label of LISTED) {
    const read = readReleaseLabel(label);
    assert.ok(read.kind !== "unknown", label);
    counts[read.kind] += 1;
    assert.ok(read.known.dated !== null && RELEASE_LABELS.has(read.known.dated), label);
  }
  assert.deepEqual(counts, { known: 154, unsupported: 304 });
});

const known: readonly [label: string, sparkVersion: string, javaVersion: number | null][] = [
  ["emr-7.7.0-latest", "3.5", null],
  ["emr-7.7.0-20250131", "3.5", null],
  ["emr-7.6.0-java11-latest", "3.5", 11],
  ["emr-6.12.0-java17-latest", "3.4", 17],
  ["emr-6.13.0-java17-al2023-latest", "3.4", 17],
  ["emr-6.11.0-latest", "3.3", null],
  ["emr-7.0.0-2024321", "3.5", null],
  ["emr-6.7.0-latest", "3.2", null],
  ["emr-6.5.0-20211119", "3.1", null],
  ["emr-6.2.0-latest", "3.0", null],
  ["emr-5.36.0-latest", "2.4", null],
  // Newer than the guide.
  ["emr-7.5.0-latest", "3.5", null],
  ["emr-7.13.0-java8-20260410", "3.5", 8],
  ["emr-spark-8.0.0-latest", "4.0", null],
];
for (const [label, sparkVersion, javaVersion] of known) {
  test(`${label} runs Spark ${sparkVersion}`, () => {
    const read = readReleaseLabel(label);
    assert.ok(read.kind === "known");
    assert.deepEqual(read.runtime, { sparkVersion, javaVersion });
  });
}

const pointers: readonly [label: string, dated: string | null][] = [
  ["emr-7.7.0-latest", "emr-7.7.0-20250131"],
  ["emr-7.7.0-20250131", "emr-7.7.0-20250131"],
  ["livy/emr-7.7.0-java8-latest", "livy/emr-7.7.0-java8-20250131"],
  ["emr-7.3.0-latest", "emr-7.3.0-29240920"],
  // The guide prints these two, and lists them for Flink alone.
  ["emr-7.0.0-latest", "emr-7.0.0-2024321"],
  ["emr-7.0.0-java11-latest", "emr-7.0.0-java11-20231211"],
  ["emr-7.0.0-flink-latest", "emr-7.0.0-flink-2024321"],
  ["emr-6.15.0-latest", "emr-6.15.0-20240105"],
  ["emr-6.12.0-java11-latest", "emr-6.12.0-java11-20230701"],
  // A newer build is listed; the guide says so all the same.
  ["emr-6.8.0-latest", "emr-6.8.0-20230624"],
  ["emr-5.34.0-latest", "emr-5.34.0-20220802"],
  ["emr-6.2.0-latest", "emr-6.2.0-20240321"],
  ["emr-7.5.0-latest", null],
  ["emr-7.12.0-latest", "emr-7.12.0-20251111"],
];
for (const [label, dated] of pointers) {
  test(`${label} stands for ${dated ?? "a build that no source names"}`, () => {
    assert.equal(RELEASE_LABELS.get(label)?.dated, dated);
  });
}

describe("a known label that is no Spark job here", () => {
  const cases: readonly [label: string, ...words: string[]][] = [
    ["emr-6.9.0-spark-rapids-latest", "GPUs", "emr-6.9.0-latest"],
    ["emr-7.7.0-spark-rapids-java8-latest", "GPUs", "emr-7.7.0-java8-latest"],
    ["emr-6.13.0-spark-rapids-java17-al2023-20230814", "GPUs", "emr-6.13.0-java17-al2023-latest"],
    ["emr-7.7.0-flink-latest", "Flink", "emr-7.7.0-latest"],
    ["notebook-spark/emr-7.7.0-java11-latest", "notebooks", "emr-7.7.0-java11-latest"],
    ["notebook-python/emr-6.9.0-20221108", "notebooks", "emr-6.9.0-latest"],
    ["livy/emr-7.7.0-latest", "Livy", "emr-7.7.0-latest"],
    ["livy/emr-spark-8.0.0-latest", "Livy", "emr-spark-8.0.0-latest"],
  ];
  for (const [label, ...words] of cases) {
    it(`${label} is refused with what would run`, () => {
      const read = readReleaseLabel(label);
      assert.ok(read.kind === "unsupported");
      for (const word of words) assert.ok(read.reason.includes(word), `${word} in: ${read.reason}`);
    });
  }
});

test("a release has the features of those before it (emr-d.md 3.10)", () => {
  assert.deepEqual(featuresOf({ version: "5.32.0" }), []);
  assert.deepEqual(featuresOf({ version: "5.36.0" }), ["pod templates"]);
  assert.deepEqual(featuresOf({ version: "6.2.0" }), []);
  assert.deepEqual(featuresOf({ version: "6.3.0" }), ["pod templates", "rotation of Spark event logs"]);
  assert.equal(featuresOf({ version: "6.9.0" }).includes("Spark operator"), false);
  assert.equal(featuresOf({ version: "6.10.0" }).includes("Spark operator"), true);
  assert.deepEqual(featuresOf({ version: "7.7.0" }), featuresOf({ version: "spark-8.0.0" }));
});

test("an image with Java 8 is without Iceberg from 7.7.0 on", () => {
  const iceberg = (label: string) => {
    const known = RELEASE_LABELS.get(label);
    assert.ok(known !== undefined, label);
    return componentsOf(known).iceberg;
  };
  assert.equal(iceberg("emr-7.7.0-latest"), "1.6.1-amzn-2");
  assert.equal(iceberg("emr-7.6.0-java8-latest"), "1.6.1-amzn-2");
  for (const flavour of ["java8", "spark-rapids-java8"])
    assert.equal(iceberg(`emr-7.7.0-${flavour}-latest`), undefined);
});

test("the first builds exist in the first regions alone (emr-d.md D-081)", () => {
  const kind = (label: string, region: string) => readReleaseLabel(label, region).kind;
  for (const build of ["20211008", "20210129", "20201201"]) {
    for (const release of ["emr-6.2.0", "emr-5.32.0"]) {
      assert.equal(kind(`${release}-${build}`, "sa-east-1"), "known");
      assert.equal(kind(`${release}-${build}`, "eu-central-1"), "unknown");
    }
  }
  assert.equal(kind("emr-6.2.0-latest", "eu-central-1"), "known");
  assert.equal(kind("emr-6.2.0-20220802", "eu-central-1"), "known");
  // Its page says all regions, although the build is as old.
  assert.equal(kind("emr-6.3.0-20210802", "eu-central-1"), "known");
  assert.equal([...RELEASE_LABELS.values()].filter(({ regions }) => regions !== null).length, 12);
});

for (const label of [
  "emr-9.9.9-latest",
  "emr-7.7.0",
  "7.7.0-latest",
  "EMR-7.7.0-latest",
  "emr-7.7.0-20250132",
  // An example date of the guide's that its lists do not have.
  "emr-7.6.0-20210129",
  // A misprint of al2023.
  "emr-6.13.0-java17-a12023-latest",
  "emr-7.7.0-java17-latest",
  "emr-7.7.0-java99-latest",
  "livy/emr-7.0.0-latest",
  // Before EMR on EKS began (emr-d.md D-076).
  "emr-5.31.0-latest",
  "emr-6.1.0-latest",
  "emr-6.0.0-latest",
  // What every object of JavaScript has is no label.
  "constructor",
  "emr-7.7.0-constructor-latest",
]) {
  test(`${label} does not exist`, () => assert.equal(readReleaseLabel(label).kind, "unknown"));
}
