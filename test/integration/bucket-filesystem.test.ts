import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it, type TestContext } from "node:test";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { runCommand } from "../../src/runtimes/command.ts";
import { javaHelpers, samplesDirectory, sparkRuntime } from "../support/runtime.ts";

const fixtures = join(import.meta.dirname, "../fixtures/bucket-filesystem");
const SCHEMES = ["s3", "s3a", "s3n"];
const BUCKET = "my-bucket";
/** Where a bucket's objects are written; no key may name it. */
const STAGING = ".firesteel-staging";

describe("s3:// in Spark, on folders", () => {
  let runtime: InstalledRuntime;
  before(async () => {
    runtime = await sparkRuntime();
  });

  for (const scheme of ["s3", "s3a"]) {
    it(`${scheme}: does what Spark asks and keeps within its bucket`, async (context) => {
      const folder = await preparedFolder(context);
      const script = join(folder, "buckets", BUCKET, "checks.py");
      await writeFile(script, readFileSync(join(fixtures, "checks.py")));
      const abandoned = await abandonedObject(folder);

      const output = await sparkSubmit(runtime, folder, [
        `s3://${BUCKET}/checks.py`,
        `${scheme}://${BUCKET}`,
      ]);

      const checks = output
        .split("\n")
        .map((line) => JSON.parse(line) as { check: string; error: string | null });
      assert.ok(checks.length >= 17, output);
      for (const { check, error } of checks) await context.test(check, () => assert.equal(error, null));
      assert.equal(readFileSync(join(folder, "outside", "secret.txt"), "utf8"), "secret");
      assert.deepEqual(readdirSync(join(folder, "outside")), ["secret.txt"]);
      assert.deepEqual(readdirSync(join(folder, "buckets", BUCKET)), [STAGING]);
      assert.deepEqual(
        readdirSync(join(folder, "buckets", BUCKET, STAGING)),
        [],
        "objects left in the staging folder",
      );
      assert.equal(existsSync(abandoned), false);
    });
  }

  it("writes so that any user of the data directory can change it", async (context) => {
    const folder = await preparedFolder(context);
    const script = join(fixtures, "writes.py");
    await sparkSubmit(runtime, folder, [script, `s3://${BUCKET}/made/by/spark`], { umask: "0077" });
    const mode = async (path: string) => (await stat(join(folder, "buckets", BUCKET, path))).mode & 0o777;
    assert.equal(await mode("made/by"), 0o777);
    assert.equal(await mode("made/by/spark"), 0o666);
  });
});

/** A folder with a bucket, another beside it, a file outside, and links that lead from the bucket to both. */
async function preparedFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "firesteel-buckets-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const bucket = join(folder, "buckets", BUCKET);
  for (const path of [
    "buckets/other-bucket",
    "outside",
    `buckets/${BUCKET}/links`,
    `buckets/${BUCKET}/more-links`,
  ]) {
    await mkdir(join(folder, path), { recursive: true });
  }
  await writeFile(join(folder, "outside", "secret.txt"), "secret");
  await writeFile(join(folder, "buckets", "other-bucket", "secret.txt"), "secret");
  await writeFile(join(bucket, "target.txt"), "within");
  await symlink("../target.txt", join(bucket, "links", "inside"));
  for (const links of ["links", "more-links"]) {
    await symlink(join(folder, "outside", "secret.txt"), join(bucket, links, "file"));
    await symlink("../../../outside", join(bucket, links, "folder"));
    await symlink(join(folder, "outside", "not-yet"), join(bucket, links, "dangling"));
  }
  await symlink(join(folder, "outside"), join(folder, "buckets", "linked-bucket"));
  return folder;
}

/** What a writer that was killed two hours ago left behind. */
async function abandonedObject(folder: string): Promise<string> {
  const staging = join(folder, "buckets", BUCKET, STAGING);
  const file = join(staging, "spark-dead-writer.object");
  await mkdir(staging);
  await writeFile(file, "half an obj");
  const then = new Date(Date.now() - 2 * 3_600_000);
  await utimes(file, then, then);
  return file;
}

/** Runs `spark-submit` with the file system on the driver's class path, and answers its stdout. */
function sparkSubmit(
  runtime: InstalledRuntime,
  folder: string,
  application: readonly string[],
  { umask = "0022" } = {},
): Promise<string> {
  const properties: Record<string, string> = {
    "spark.hadoop.firesteel.buckets.root": join(folder, "buckets"),
    "spark.hadoop.firesteel.buckets.samples": samplesDirectory,
    // hadoop-common's defaults give s3a a committer of hadoop-aws, which is not there.
    "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a":
      "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory",
    "spark.sql.warehouse.dir": join(folder, "warehouse"),
    "spark.local.dir": join(folder, "local"),
    "spark.ui.enabled": "false",
  };
  for (const scheme of SCHEMES) {
    properties[`spark.hadoop.fs.${scheme}.impl`] = "firesteel.hadoop.BucketFileSystem";
    properties[`spark.hadoop.fs.AbstractFileSystem.${scheme}.impl`] =
      "firesteel.hadoop.BucketAbstractFileSystem";
  }
  const configuration = Object.entries(properties).flatMap(([name, value]) => ["--conf", `${name}=${value}`]);
  const submit = join(runtime.sparkHome, "bin", "spark-submit");
  const options = ["--master", "local[2]", "--driver-class-path", join(javaHelpers, "firesteel-hadoop.jar")];
  const command = ["-c", 'umask "$1"; shift; exec "$@"', "sh", umask, submit, ...options, ...configuration];
  return runCommand("/bin/sh", [...command, ...application], {
    environment: {
      PATH: process.env.PATH,
      JAVA_HOME: runtime.javaHome,
      SPARK_HOME: runtime.sparkHome,
      SPARK_LOCAL_IP: "127.0.0.1",
      PYSPARK_PYTHON: runtime.python,
      // Without a UTF-8 locale the JVM cannot name files with other letters.
      LC_ALL: "C.UTF-8",
    },
  });
}
