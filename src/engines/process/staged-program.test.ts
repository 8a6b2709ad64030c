import assert from "node:assert/strict";
import { test } from "node:test";
import { stagedProgram } from "./staged-program.ts";

const BUCKETS = { root: "/data/buckets", samples: "/samples" };

test("a Python program in a bucket is copied", () => {
  assert.deepEqual(stagedProgram("s3://my.bucket-1/jobs/v1.2/my_job.py", 7, "/runs/run-1", BUCKETS), {
    root: "/data/buckets",
    key: "my.bucket-1/jobs/v1.2/my_job.py",
    target: "/runs/run-1/tmp/program/my_job.py",
    argument: 7,
  });
});

for (const address of [
  "s3://bucket/app.jar",
  "s3://bucket/.hidden/job.py",
  "s3://bucket/../other/job.py",
  "s3://bucket/a//job.py",
  "s3://bucket/a%20b.py",
  "s3://bucket/größe.py",
  "s3://bucket/job.py#name",
  "s3://Bucket/job.py",
  "s3://../job.py",
  "s3://a..b/job.py",
  "s3://b/job.py",
  "s3://eu-west-1.elasticmapreduce/job.py",
  "file:///data/job.py",
  "hdfs://bucket/job.py",
]) {
  test(`SparkSubmit sees to ${address}`, () => {
    assert.equal(stagedProgram(address, 0, "/runs/run-1", BUCKETS), null);
  });
}

test("without folders of buckets nothing is copied", () => {
  assert.equal(stagedProgram("s3://bucket/job.py", 0, "/runs/run-1", null), null);
});
