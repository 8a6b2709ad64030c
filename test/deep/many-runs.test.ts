import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EmrClient } from "../../src/cli/emr/emr-client.ts";
import { sparkRuntime } from "../support/runtime.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const EVIDENCE = fileURLToPath(new URL("../../docs/evidence/many-runs.md", import.meta.url));
const RUNS = Number(process.env.RUNS ?? 200);
const RUN_TIMEOUT_MS = 60_000;
/** Linux's unit in /proc, whatever the kernel's own clock does (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** A Spark job that does as little as one can: a session, one action, one line. */
const PROGRAM = `import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(sys.argv[1], spark.range(10).count())
spark.stop()
`;

const directory = await makeTemporaryDirectory();
let server: ServerProcess;

before(async () => {
  await sparkRuntime();
  const bucket = join(directory.path, "data", "buckets", "many");
  await mkdir(bucket, { recursive: true });
  await writeFile(join(bucket, "short.py"), PROGRAM);
  server = await startServerProcess(join(directory.path, "data"), {
    FIRESTEEL_LOG_LEVEL: "warn",
    FIRESTEEL_ENGINE_PROCESS_CLASS_ARCHIVE: "true",
  });
});

after(async () => {
  await server.endWithApplications();
  await directory.remove();
});

test(`${RUNS} short Spark runs that are submitted at once all finish`, {
  skip: process.platform !== "linux",
}, async () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    server.clientEnvironment;
  const credentials = { accessKeyId, secretAccessKey };
  const emr = new EmrClient({ endpoint: server.url, region: "us-east-1", credentials });
  const cluster = (await emr.createVirtualCluster({ name: "many", eksClusterId: "eks", namespace: "many" }))
    .id;
  const from = performance.now();
  const submitted = await Promise.all(
    Array.from({ length: RUNS }, async (_, number) => {
      const word = `number-${number}`;
      const { id } = await emr.startJobRun(cluster, {
        name: word,
        executionRoleArn: "arn:aws:iam::123456789012:role/job",
        releaseLabel: "emr-7.7.0-latest",
        jobDriver: {
          sparkSubmitJobDriver: { entryPoint: "s3://many/short.py", entryPointArguments: [word] },
        },
      });
      return { id, word };
    }),
  );
  const acceptedSeconds = (performance.now() - from) / 1000;
  // Looked for on the disk: to be asked all the time would be most of what the server does.
  for (const { id, word } of submitted) {
    const exit = join(server.dataDir, "runs", id, "exit.json");
    await waitFor(`the driver of ${word} to end`, RUNS * RUN_TIMEOUT_MS, async () => existsSync(exit));
  }
  const active = ["PENDING", "SUBMITTED", "RUNNING", "CANCEL_PENDING"];
  await waitFor("all runs to end", RUN_TIMEOUT_MS, async () => {
    const next = await emr.listJobRuns(cluster, { states: active })[Symbol.asyncIterator]().next();
    return next.done === true;
  });
  const seconds = (performance.now() - from) / 1000;
  const listed = new Map((await Array.fromAsync(emr.listJobRuns(cluster))).map((run) => [run.id, run]));
  assert.equal(listed.size, RUNS);
  for (const { id, word } of submitted) {
    assert.equal(listed.get(id)?.state, "COMPLETED", `${word}: ${listed.get(id)?.stateDetails}`);
    // Each ran once, and as itself.
    assert.equal(await readFile(join(server.dataDir, "runs", id, "stdout"), "utf8"), `${word} 10\n`);
  }
  await record(acceptedSeconds, seconds, await cpuSeconds(server.pid));
});

/** Of the server itself, and of all that it started and that has ended: supervisors, JVMs, Pythons. */
async function cpuSeconds(pid: number): Promise<{ own: number; drivers: number }> {
  const fields =
    (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ").map(Number) ?? [];
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return {
    own: (user + system) / TICKS_PER_SECOND,
    drivers: (childrenUser + childrenSystem) / TICKS_PER_SECOND,
  };
}

async function record(
  acceptedSeconds: number,
  seconds: number,
  { own, drivers }: { own: number; drivers: number },
): Promise<void> {
  const share = (100 * own) / (own + drivers);
  assert.ok(drivers > RUNS / 10, `the drivers' processor time was not counted: ${drivers} s`);
  const text = `# Many short runs at once

Written by \`node --test test/deep/many-runs.test.ts\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.version}.

${RUNS} PySpark runs (a session, one action, one line of output) were submitted at once to one server, each an own JVM.
All are COMPLETED, and each printed its own line once.

| | |
|---|---|
| until all were accepted | ${acceptedSeconds.toFixed(1)} s |
| until all had ended | ${seconds.toFixed(0)} s |
| processor time of the drivers, with their supervisors | ${drivers.toFixed(0)} s, ${(drivers / RUNS).toFixed(1)} s a run |
| processor time of the server, from its start on | ${own.toFixed(1)} s, ${((1000 * own) / RUNS).toFixed(0)} ms a run |
| the server's share of all | ${share.toFixed(1)} % |
`;
  await writeFile(EVIDENCE, text);
}
