import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationId } from "../../src/core/ids.ts";
import { ended, readLog } from "../contract/engine.ts";
import { launchRequest } from "../support/launch-request.ts";
import { processesOf } from "../support/sandbox.ts";
import { BUCKET, openSparkEngine, TIMEOUT_MS } from "../support/spark-engine.ts";
import { waitFor } from "../support/wait-for.ts";

const SESSION = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n";

test("a PySpark program reads and writes s3:// with its settings, files and arguments", async (context) => {
  const program = `${SESSION}
import json, os, sys, dep
spark.createDataFrame([(n,) for n in range(5)], "n int").write.parquet("s3://${BUCKET}/out")
hadoop = spark.sparkContext._jsc.hadoopConfiguration()
print(json.dumps({
    "count": spark.read.parquet("s3a://${BUCKET}/out").count(),
    "arguments": sys.argv[1:],
    "dependency": dep.WORD,
    "environment": os.environ["GREETING"],
    "hadoop": hadoop.get("my.key"),
    "default": spark.conf.get("spark.my.default"),
    "option": spark.conf.get("spark.my.option"),
    "master": spark.sparkContext.master,
    "warehouse": spark.conf.get("spark.sql.warehouse.dir"),
    "directory": os.getcwd(),
}))
`;
  const { run } = await openSparkEngine(context, { "job.py": program, "dep.py": "WORD = 'größe'\n" });
  const result = await run(
    launchRequest(applicationId("run-1"), {
      entryPoint: `s3://${BUCKET}/job.py`,
      arguments: ["a b", "--c", "ü"],
      options: ["--py-files", `s3://${BUCKET}/dep.py`, "--conf", "spark.my.option=from options"],
      configuration: {
        "spark-defaults": { "spark.my.default": "ä = #1: ", "spark.my.option": "from defaults" },
        "spark-env": { GREETING: "hello" },
        "core-site": { "my.key": "<&>" },
        // The form of Log4j 1, which this Spark reads through a bridge.
        "spark-log4j": { "log4j.appender.console.layout.ConversionPattern": "Log4j 1: %p %c{1}: %m%n" },
      },
      eventLog: true,
      notes: ["spark.kubernetes.driver.label.team: no effect here"],
    }),
  );
  assert.deepEqual([result.exit.code, result.exit.cause], [0, "exited"], result.stderr);
  const printed = JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
  assert.deepEqual(
    { ...printed, warehouse: undefined, directory: undefined },
    {
      count: 5,
      arguments: ["a b", "--c", "ü"],
      dependency: "größe",
      environment: "hello",
      hadoop: "<&>",
      // Spark trims what a properties file says.
      default: "ä = #1:",
      option: "from options",
      master: "local[2]",
      warehouse: undefined,
      directory: undefined,
    },
  );
  assert.match(printed.directory, /\/runs\/run-1\/work$/);
  assert.equal(printed.warehouse, `file:${printed.directory}/spark-warehouse`);
  assert.match(result.stderr, /^Log4j 1: INFO SparkContext: Running Spark version 3\.5/m);
  assert.match(result.submitter, /spark\.kubernetes\.driver\.label\.team: no effect here/);
  assert.match(result.submitter, /driver ended with exit code 0/);
});

for (const [name, program, code, summary] of [
  [
    "a program that fails at import",
    "import no_such_module\n",
    1,
    "ModuleNotFoundError: No module named 'no_such_module'",
  ],
  ["a program that chooses its exit code", `${SESSION}import sys\nsys.exit(3)\n`, 3, null],
] as const) {
  test(`${name} ends with code ${code}`, async (context) => {
    const { run } = await openSparkEngine(context, { "job.py": program });
    const { exit } = await run(
      launchRequest(applicationId("run-1"), { entryPoint: `s3://${BUCKET}/job.py` }),
    );
    assert.deepEqual([exit.code, exit.signal, exit.cause, exit.summary], [code, null, "exited", summary]);
  });
}

test("a driver whose JVM is killed takes its Python along", async (context) => {
  const program = `${SESSION}import time\nprint("ready", flush=True)\ntime.sleep(600)\n`;
  const { engine } = await openSparkEngine(context, { "job.py": program });
  const tag = applicationId(`run-${process.pid}`);
  await engine.launch(launchRequest(tag, { entryPoint: `s3://${BUCKET}/job.py` }));
  await waitFor("the program's first line", TIMEOUT_MS, async () =>
    (await readLog(engine, tag, "driver", "stdout")).includes("ready"),
  );
  // Not by what it takes itself for: a sandbox has process ids of its own.
  const started = await processesOf(tag);
  assert.ok(started.length >= 2, "the JVM and its Python");
  const driver = (await engine.processes()).find(({ role }) => role === "driver");
  assert.ok(driver);
  process.kill(driver.pid, "SIGKILL");
  const exit = await ended(engine, tag, TIMEOUT_MS);
  assert.deepEqual([exit.code, exit.signal, exit.cause], [null, "SIGKILL", "killed"]);
  assert.deepEqual(await processesOf(tag), []);
});

test("a program of EMR's image runs from where it is there (emr-b.md 1.4 E12)", async (context) => {
  const { run } = await openSparkEngine(context);
  const { exit, stdout, stderr } = await run(
    launchRequest(applicationId("run-1"), {
      entryPoint: "local:///usr/lib/spark/examples/src/main/python/pi.py",
      arguments: ["2"],
      options: ["--driver-java-options", "-XX:TieredStopAtLevel=1"],
    }),
  );
  assert.deepEqual([exit.code, exit.summary], [0, null], stderr);
  assert.match(stdout, /^Pi is roughly 3\.\d+$/m);
});

test("a class that is not there is named", async (context) => {
  const { run } = await openSparkEngine(context);
  const { exit } = await run(
    launchRequest(applicationId("run-1"), {
      entryPoint: "local:///usr/lib/spark/examples/jars/spark-examples.jar",
      options: ["--class", "com.example.Absent"],
    }),
  );
  assert.deepEqual([exit.code, exit.summary], [101, "Failed to load class com.example.Absent."]);
});
