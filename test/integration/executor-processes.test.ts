import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { applicationId } from "../../src/core/ids.ts";
import { LOG_STREAMS } from "../../src/core/ports/engine.ts";
import { ProcessEngine } from "../../src/engines/process/process-engine.ts";
import { ended, readLog } from "../contract/engine.ts";
import { launchRequest } from "../support/launch-request.ts";
import { javaHelpers, samplesDirectory, sparkRuntime } from "../support/runtime.ts";
import { processesOf } from "../support/sandbox.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const SUPERVISOR = fileURLToPath(new URL("../../drivers/supervisor/supervise.py", import.meta.url));
const TIMEOUT_MS = 300_000;
const BUCKET = "lake";
const GIBIBYTE = 2 ** 30;
const EXECUTORS = { instances: 2, cores: 1, memoryBytes: GIBIBYTE };

async function open(context: TestContext) {
  const tag = applicationId(`run-${process.pid}`);
  let engine: ProcessEngine | null = null;
  // Hooks run in their order: the run ends before its directory is removed.
  context.after(async () => {
    await engine?.kill(tag, 0);
    const left = async () => (await engine?.processes()) ?? [];
    await waitFor("the run to be gone", TIMEOUT_MS, async () => (await left()).length === 0);
  });
  const directory = await temporaryDirectory(context);
  const bucket = join(directory, "buckets", BUCKET);
  await mkdir(bucket, { recursive: true });
  await writeFile(join(bucket, "job.py"), PROGRAM);
  await writeFile(join(bucket, "word.txt"), "added");
  const started = new ProcessEngine({
    runsDirectory: join(directory, "runs"),
    instance: directory,
    bucketsDirectory: join(directory, "buckets"),
    samplesDirectory,
    supervisorScript: SUPERVISOR,
    helperJars: [join(javaHelpers, "firesteel-hadoop.jar")],
    executorJar: join(javaHelpers, "firesteel-executors.jar"),
    fileRoots: [],
    passEnvironment: {},
    isolation: {
      sandbox: "auto",
      network: "host",
      hidden: [directory],
      bucketsOf: async () => [BUCKET],
      limits: {
        memoryOverheadBytes: GIBIBYTE,
        processes: 4096,
        fileBytes: GIBIBYTE,
        runDiskBytes: GIBIBYTE,
        logBytes: 2 ** 26,
      },
    },
    resolveRuntime: sparkRuntime,
    pollIntervalMs: 100,
    clock: Date,
  });
  const resources = { cores: 2, memoryBytes: 3 * GIBIBYTE };
  const request = launchRequest(tag, {
    entryPoint: `s3://${BUCKET}/job.py`,
    arguments: [join(bucket, "go")],
    // On a busy machine an executor may take longer to come than Spark waits for it by itself.
    options: [
      ...["--conf", "spark.scheduler.maxRegisteredResourcesWaitingTime=300s"],
      ...["--files", `s3://${BUCKET}/word.txt`],
    ],
    executors: EXECUTORS,
    resources,
    eventLog: true,
  });
  engine = started;
  await started.launch({ ...request, grant: { asked: resources, granted: resources } });
  return {
    engine: started,
    tag,
    go: () => writeFile(join(bucket, "go"), ""),
    /** Waits for a line of the driver's; a driver that ends without it fails the test. */
    says: (line: string) =>
      waitFor(`the driver to say ${line}`, TIMEOUT_MS, async () => {
        if ((await readLog(started, tag, "driver", "stdout")).includes(`${line}\n`)) return true;
        const { kind } = await started.observe(tag);
        if (kind === "running" || kind === "starting") return false;
        throw new Error(`it is ${kind}:\n${await readLog(started, tag, "driver", "stderr")}`);
      }),
  };
}

/** The second of its jobs needs what an executor of the first one wrote. */
const PROGRAM = `
import os, sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
print("application", sc.applicationId, flush=True)

def speak(part):
    print("part", part, "speaks", flush=True)
    time.sleep(1)
    return os.environ["FIRESTEEL_APPLICATION"] + " " + open("word.txt").read()

print("of", sorted(set(sc.parallelize(range(4), 4).map(speak).collect())), flush=True)
spark.range(1000).write.parquet("s3://${BUCKET}/out")
print("here", open("word.txt").read(), flush=True)
print("written", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.1)
print("count", spark.read.parquet("s3://${BUCKET}/out").repartition(4).distinct().count(), flush=True)
`;

test("executors are processes with logs of their own; one that is killed is replaced, and all end with the driver", async (context) => {
  const { engine, tag, go, says } = await open(context);
  await says("written");
  assert.match(
    await readLog(engine, tag, "driver", "stdout"),
    new RegExp(`^application spark-${tag}\nof \\['${tag} added'\\]\nhere added\n`),
  );
  const executors = (await engine.processes()).filter(({ role }) => role === "executor");
  assert.equal(executors.length, 2);
  const marked = await processesOf(tag);
  for (const { pid } of executors) assert.ok(marked.includes(String(pid)), `${pid} of ${marked}`);
  // What Python prints in an executor is on its stderr (PythonWorkerFactory, Spark 3.5).
  const PARTS = [0, 1, 2, 3];
  const countOf = (texts: readonly string[], part: number) =>
    texts.filter((text) => text.includes(`part ${part} speaks\n`)).length;
  // It goes another way than the driver's words.
  const spoken = await waitFor("the executors' words", TIMEOUT_MS, async () => {
    const texts = await Promise.all(
      ([1, 2] as const).map((number) => readLog(engine, tag, `executor-${number}`, "stderr")),
    );
    return PARTS.every((part) => countOf(texts, part) > 0) && texts;
  });
  for (const part of PARTS) assert.equal(countOf(spoken, part), 1, `part ${part}`);
  for (const text of spoken) assert.match(text, /part \d speaks/);
  for (const stream of LOG_STREAMS)
    assert.doesNotMatch(await readLog(engine, tag, "driver", stream), /part \d speaks/);

  process.kill(executors[0]?.pid ?? 0, "SIGKILL");
  await waitFor("a third executor", TIMEOUT_MS, async () =>
    (await engine.containers(tag)).includes("executor-3"),
  );
  await go();
  await says("count 1000");
  const exit = await ended(engine, tag, TIMEOUT_MS);
  assert.deepEqual([exit.code, exit.cause], [0, "exited"]);
  assert.deepEqual(await processesOf(tag), []);
  assert.match(await readLog(engine, tag, "executor-3", "stderr"), /CoarseGrainedExecutorBackend/);
});
