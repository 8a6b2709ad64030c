import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { EmrClient } from "../../src/cli/emr/emr-client.ts";
import type { StartJobRunRequest } from "../../src/cli/emr/wire.ts";
import { checkClassArchive } from "../support/class-archive.ts";
import { localRuntimes } from "../support/runtime.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const JOB = join(import.meta.dirname, "../acceptance/release-labels/job.py");
const STATEMENTS = join(import.meta.dirname, "../fixtures/sql");
const BUCKET = "old-sparks";
/** The first run of a label installs some 350 MB where they are not there yet. */
const RUN_TIMEOUT_MS = 600_000;

/** Needs a Python that each of these runs on: 3.8 to 3.11. */
const LABELS: readonly [label: string, spark: string, java: string][] = [
  ["emr-6.2.0-latest", "3.0", "11"],
  ["emr-6.5.0-latest", "3.1", "11"],
  ["emr-6.7.0-latest", "3.2", "11"],
  ["emr-6.10.0-java11-latest", "3.3", "11"],
  ["emr-6.15.0-java11-20231109", "3.4", "11"],
  ["emr-6.15.0-java17-al2023-latest", "3.4", "17"],
  ["emr-spark-8.0.0-latest", "4.0", "17"],
];

describe("release labels from the oldest Spark to the newest", { timeout: 2 * RUN_TIMEOUT_MS }, () => {
  let directory: { path: string; remove(): Promise<void> };
  let server: ServerProcess;
  let emr: EmrClient;
  let cluster: string;

  before(async () => {
    directory = await makeTemporaryDirectory();
    const bucket = join(directory.path, "data", "buckets", BUCKET);
    await mkdir(bucket, { recursive: true });
    await cp(JOB, join(bucket, "job.py"));
    await cp(STATEMENTS, join(bucket, "sql"), { recursive: true });
    server = await startServerProcess(join(directory.path, "data"), {
      FIRESTEEL_RUNTIMES_SUBSTITUTE: "always",
    });
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = server.clientEnvironment;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    emr = new EmrClient({ endpoint: server.url, region: "us-east-1", credentials });
    cluster = (await emr.createVirtualCluster({ name: "old", eksClusterId: "eks", namespace: "old" })).id;
  });

  after(async () => {
    await server.endWithApplications();
    await directory.remove();
  });

  async function run(releaseLabel: string, jobDriver: StartJobRunRequest["jobDriver"]) {
    const { id } = await emr.startJobRun(cluster, {
      name: "old",
      executionRoleArn: "arn:aws:iam::123456789012:role/job",
      releaseLabel,
      jobDriver,
      configurationOverrides: {
        monitoringConfiguration: { s3MonitoringConfiguration: { logUri: `s3://${BUCKET}/logs` } },
      },
    });
    const job = await waitFor(`run ${id} of ${releaseLabel} to end`, RUN_TIMEOUT_MS, async () => {
      const found = await emr.describeJobRun(cluster, id);
      return ["COMPLETED", "FAILED"].includes(found.state) ? found : null;
    });
    assert.equal(job.state, "COMPLETED", job.stateDetails ?? "no details");
    const logs = join(server.dataDir, "buckets", BUCKET, "logs");
    const names = await readdir(logs, { recursive: true });
    const name = names.find((path) => path.endsWith(`spark-${id}-driver/stdout.gz`));
    assert.ok(name !== undefined, names.join(", "));
    return {
      details: job.stateDetails ?? "",
      printed: gunzipSync(await readFile(join(logs, name))).toString(),
    };
  }

  const runProgram = (
    label: string,
    entryPoint: string,
    options: string,
    ...entryPointArguments: string[]
  ) => {
    const sparkSubmitParameters = `--conf spark.driver.memory=512m ${options}`;
    return run(label, {
      sparkSubmitJobDriver: { entryPoint, entryPointArguments, sparkSubmitParameters },
    });
  };

  const runPython = (label: string) =>
    runProgram(label, `s3://${BUCKET}/job.py`, "", `s3://${BUCKET}`, label, label);

  for (const [label, spark, java] of LABELS) {
    it(`${label} runs PySpark and a JAR on Spark ${spark} and Java ${java}`, async () => {
      const { details, printed } = await runPython(label);
      assert.doesNotMatch(details, /stands in/);
      const [said, ...rest] = printed.trim().split("\n");
      assert.match(said ?? "", new RegExp(`^spark ${spark}\\.\\d+ java ${java}$`));
      assert.deepEqual(rest, ["counted 4", `met ${label}`]);
      const examples = "local:///usr/lib/spark/examples/jars/spark-examples.jar";
      const pi = await runProgram(label, examples, "--class org.apache.spark.examples.SparkPi", "2");
      assert.match(pi.printed, /^Pi is roughly 3\.\d+\n$/);
    });
  }

  // SQL jobs came with 6.7.0 (emr-b.md 3.4).
  for (const [label, spark] of LABELS.filter(([, version]) => Number(version) >= 3.2)) {
    it(`${label} runs SQL on Spark ${spark}`, async () => {
      const { printed } = await run(label, {
        sparkSqlJobDriver: {
          entryPoint: `s3://${BUCKET}/sql/words.sql`,
          sparkSqlParameters: "--conf spark.driver.memory=512m -hivevar A=ou -hiveconf report.day=2026-11-22",
        },
      });
      assert.equal(printed, "être\t2\ntelle\t1\nquestion\t1\nA is ou\t2026-11-22\n");
    });
  }

  it("emr-5.36.0-latest runs on another Spark where the user wants that, and says so", async () => {
    const { details, printed } = await runPython("emr-5.36.0-latest");
    assert.match(details, /Spark 3\.0\.\d+ stands in for 2\.4: Spark 2\.4 cannot be installed/);
    assert.match(printed, /^spark 3\.0\./);
  });
});

test("Spark 3.4 has a class archive of its own", { timeout: RUN_TIMEOUT_MS }, async (context) => {
  await checkClassArchive(context, await localRuntimes().install({ sparkVersion: "3.4", javaVersion: null }));
});
