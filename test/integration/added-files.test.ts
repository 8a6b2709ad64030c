import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { storedZip } from "../../scripts/stored-zip.ts";
import { applicationId } from "../../src/core/ids.ts";
import { launchRequest, sqlRequest } from "../support/launch-request.ts";
import { sparkRuntime } from "../support/runtime.ts";
import { BUCKET, openSparkEngine } from "../support/spark-engine.ts";

/** The JVM's first compiler alone: half of what a short run costs is the second one's work. */
const QUICK = ["--driver-java-options", "-XX:TieredStopAtLevel=1"];

const PROGRAM = `
import inside, json, os, sys
from pyspark import SparkFiles
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
loader = spark._jvm.Thread.currentThread().getContextClassLoader()
def word(_):
    import inside
    return [inside.WORD, sys.prefix]
print(json.dumps({
    "config": json.load(open("config.json")),
    "renamed": open("renamed.txt").read(),
    "module": os.path.exists("dep.py"),
    "driver": [inside.WORD, sys.prefix],
    "archive": os.path.exists("data.zip/file.txt"),
    "worker": spark.sparkContext.parallelize([0], 1).map(word).collect()[0],
    "spark": open(SparkFiles.get("config.json")).read() == open("config.json").read(),
    "resource": loader.getResource("config.json") is not None,
}))
`;

test("a driver finds what its job adds in its working directory, a packed Python too", async (context) => {
  const { run, bucket, shared } = await openSparkEngine(context, {
    "job.py": PROGRAM,
    "config.json": '{"größe": 1}',
    "other.txt": "other",
    "dep.py": "",
  });
  const environment = join(shared, "environment");
  const { python } = await sparkRuntime();
  execFileSync(python, ["-m", "venv", "--without-pip", environment]);
  const findPackages = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const packages = execFileSync(join(environment, "bin/python"), ["-c", findPackages], { encoding: "utf8" });
  await writeFile(join(packages.trim(), "inside.py"), "WORD = 'packed'\n");
  execFileSync("tar", ["-czf", join(bucket, "environment.tar.gz"), "-C", environment, "."]);
  await writeFile(join(shared, "data.zip"), storedZip(new Map([["file.txt", Buffer.from("x")]])));
  const result = await run(
    launchRequest(applicationId("run-1"), {
      entryPoint: `s3://${BUCKET}/job.py`,
      options: [
        ...QUICK,
        ...["--archives", `s3://${BUCKET}/environment.tar.gz#environment,file://${shared}/data.zip`],
        ...["--files", `s3://${BUCKET}/config.json,s3://${BUCKET}/other.txt#renamed.txt`],
        ...["--conf", "spark.pyspark.python=./environment/bin/python"],
      ],
      configuration: { "spark-defaults": { "spark.submit.pyFiles": `s3://${BUCKET}/dep.py` } },
    }),
  );
  assert.deepEqual([result.exit.code, result.exit.cause], [0, "exited"], result.stderr);
  const printed = JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
  assert.match(printed.driver[1], /\/runs\/run-1\/work\/environment$/);
  assert.deepEqual(printed, {
    config: { größe: 1 },
    renamed: "other",
    module: true,
    driver: ["packed", printed.driver[1]],
    archive: true,
    worker: printed.driver,
    spark: true,
    resource: true,
  });
  assert.match(
    result.submitter,
    /--archives: unpacked in the driver's working directory: environment, data\.zip/,
  );
});

test("statements read a file that their job adds by its name; one that is missing ends a run before it starts", async (context) => {
  const { run } = await openSparkEngine(context, {
    "query.sql": "source more.sql;\n",
    "more.sql": "SELECT 40 + 2;\n",
  });
  const entryPoint = `s3://${BUCKET}/query.sql`;
  const [found, missing] = await Promise.all([
    run(
      sqlRequest(applicationId("run-1"), {
        entryPoint,
        options: [...QUICK, "--files", `s3://${BUCKET}/more.sql`],
      }),
    ),
    run(
      sqlRequest(applicationId("run-2"), {
        entryPoint,
        options: [...QUICK, "--files", `s3://${BUCKET}/none.sql`],
      }),
    ),
  ]);
  assert.equal(found.exit.code, 0, found.stderr);
  assert.equal(found.stdout.trim(), "42");
  assert.deepEqual(
    [missing.exit.code, missing.exit.summary],
    [1, `--files s3://${BUCKET}/none.sql: there is no such file.`],
  );
});
