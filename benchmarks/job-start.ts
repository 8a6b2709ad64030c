/**
 * From the acceptance of a job run to the first line of user code, and to its first completed action, against bare
 * `spark-submit` of the same application with as many cores, in one interleaved run.
 *
 *   node benchmarks/job-start.ts [rounds]
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { EmrClient } from "../src/cli/emr/emr-client.ts";
import { classArchives } from "../src/machine-adapters.ts";
import { sparkRuntime } from "../test/support/runtime.ts";
import { startServerProcess } from "../test/support/server.ts";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { median, printComparison } from "./support/ratio.ts";

const execute = promisify(execFile);
const APPLICATION = join(import.meta.dirname, "apps", "first_line.py");
const CORES = 2;
const TIMEOUT_MS = 120_000;

interface Times {
  readonly firstSeconds: number;
  readonly actionSeconds: number;
}

const rounds = Number(process.argv[2] ?? 5);
const runtime = await sparkRuntime();
const directory = await makeTemporaryDirectory();
const dataDir = join(directory.path, "data");
await mkdir(join(dataDir, "buckets", "bench"), { recursive: true });
await cp(APPLICATION, join(dataDir, "buckets", "bench", "first_line.py"));
// As on a server that has run jobs before; making it is not what is measured.
await classArchives({ "engine.process.classArchive": true }, (message, cause) => {
  throw new Error(message, { cause });
})?.build(runtime);
const server = await startServerProcess(dataDir, {
  FIRESTEEL_LOG_LEVEL: "warn",
  FIRESTEEL_ENGINE_PROCESS_CLASS_ARCHIVE: "true",
});
try {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } =
    server.clientEnvironment;
  const emr = new EmrClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
  });
  const cluster = (await emr.createVirtualCluster({ name: "bench", eksClusterId: "eks", namespace: "bench" }))
    .id;
  const ours: Times[] = [];
  const peer: Times[] = [];
  // The first round fills the caches of the machine and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const [submitted, run] = [await sparkSubmit(), await jobRun(emr, cluster)];
    if (round > 0) {
      peer.push(submitted);
      ours.push(run);
    }
  }
  console.log(
    `| ${rounds} rounds, ${cpus().length} cores | Firesteel | spark-submit | ratio | goal |\n|---|---|---|---|---|`,
  );
  for (const [what, of, goal] of [
    ["accept to first line of user code, cold", (times: Times) => times.firstSeconds, "≤ 0.7"],
    ["accept to first completed action, cold", (times: Times) => times.actionSeconds, "-"],
  ] as const) {
    printComparison({ what, ours: median(ours.map(of)), peer: median(peer.map(of)), unit: "s", goal });
  }
} finally {
  await server.endWithApplications();
  await directory.remove();
}

async function sparkSubmit(): Promise<Times> {
  const environment = {
    PATH: `${dirname(runtime.python)}:/usr/bin:/bin`,
    HOME: directory.path,
    JAVA_HOME: runtime.javaHome,
    SPARK_HOME: runtime.sparkHome,
    PYSPARK_PYTHON: runtime.python,
  };
  const startNs = nowNs();
  const { stdout } = await execute(
    join(runtime.sparkHome, "bin", "spark-submit"),
    ["--master", `local[${CORES}]`, "--conf", "spark.ui.port=0", APPLICATION],
    { env: environment, cwd: directory.path },
  );
  return timesOf(stdout, startNs);
}

async function jobRun(emr: EmrClient, cluster: string): Promise<Times> {
  const startNs = nowNs();
  const { id } = await emr.startJobRun(cluster, {
    name: "bench",
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://bench/first_line.py",
        sparkSubmitParameters: `--conf spark.driver.cores=${CORES}`,
      },
    },
  });
  await waitFor(`run ${id} to complete`, TIMEOUT_MS, async () => {
    const run = await emr.describeJobRun(cluster, id);
    if (run.state === "FAILED") throw new Error(`run ${id} failed: ${run.stateDetails}`);
    return run.state === "COMPLETED";
  });
  return timesOf(await readFile(join(dataDir, "runs", id, "stdout"), "utf8"), startNs);
}

function timesOf(stdout: string, startNs: bigint): Times {
  const seconds = (name: string) => {
    const stamp = new RegExp(`^${name} (\\d+)$`, "m").exec(stdout)?.[1];
    if (stamp === undefined) throw new Error(`the application did not print '${name}':\n${stdout}`);
    return Number(BigInt(stamp) - startNs) / 1e9;
  };
  return { firstSeconds: seconds("first"), actionSeconds: seconds("action") };
}

/** Python's `time.time_ns()` and this share the machine's clock. */
function nowNs(): bigint {
  return BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
}
