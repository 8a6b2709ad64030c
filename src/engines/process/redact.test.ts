import assert from "node:assert/strict";
import { test } from "node:test";
import { redactToken } from "./redact.ts";

for (const [token, expected] of [
  ["spark.hadoop.fs.s3a.secret.key=a b", "spark.hadoop.fs.s3a.secret.key=*********(redacted)"],
  ["-Da=1 -Ddb.Password=x -Db=2", "-Da=1 -Ddb.Password=*********(redacted) -Db=2"],
  ["spark.jars=https://me:word@host/x.jar", "spark.jars=https://*********(redacted)@host/x.jar"],
  ["fs.s3a.access.key=AKIA", "fs.s3a.access.key=*********(redacted)"],
  ["spark.app.name=secret", "spark.app.name=secret"],
  ["--class", "--class"],
] as const) {
  test(`log of ${token}`, () => assert.equal(redactToken(token), expected));
}
