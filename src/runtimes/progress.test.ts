import assert from "node:assert/strict";
import { test } from "node:test";
import { describeProgress, type InstallProgress, pipProgress } from "./progress.ts";

test("pip's output tells each step and how much of it is done", () => {
  const seen: InstallProgress[] = [];
  const read = pipProgress((progress) => seen.push(progress));
  for (const line of [
    "Collecting pyspark==3.5.9",
    "  Downloading https://user:secret@mirror.test/pyspark-3.5.9.tar.gz (317.4 MB)",
    "Progress 0 of 1000",
    "Progress 417 of 1000",
    "Progress 5 of 0",
    "Building wheels for collected packages: pyspark",
    "  Building wheel for pyspark (pyproject.toml): started",
    "Installing collected packages: py4j, pyspark",
  ]) {
    read(line);
  }
  assert.deepEqual(seen.map(describeProgress), [
    "downloading pyspark-3.5.9.tar.gz",
    "downloading pyspark-3.5.9.tar.gz (0 %)",
    "downloading pyspark-3.5.9.tar.gz (41 %)",
    "building pyspark",
    "unpacking py4j, pyspark",
  ]);
});
