import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { EmrClient } from "../../../src/cli/emr/emr-client.ts";
import { sparkRuntime } from "../../support/runtime.ts";
import { type ServerProcess, startServerProcess } from "../../support/server.ts";
import { makeTemporaryDirectory } from "../../support/temporary.ts";
import { waitFor } from "../../support/wait-for.ts";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "fixtures");
const RUN_TIMEOUT_MS = 240_000;
const BUCKET = "endings";

let directory: { path: string; remove(): Promise<void> };
let server: ServerProcess;
let emr: EmrClient;
let cluster: string;

before(async () => {
  await sparkRuntime();
  directory = await makeTemporaryDirectory();
  const code = join(directory.path, "data", "buckets", BUCKET, "code");
  await mkdir(code, { recursive: true });
  await cp(FIXTURES, code, { recursive: true });
  server = await startServerProcess(join(directory.path, "data"));
  emr = clientOf(server);
  cluster = (await emr.createVirtualCluster({ name: "endings", eksClusterId: "eks", namespace: "endings" }))
    .id;
});

after(async () => {
  await server.endWithApplications();
  await directory.remove();
});

function clientOf({
  url,
  clientEnvironment: { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" },
}: ServerProcess) {
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return new EmrClient({ endpoint: url, region: "us-east-1", credentials });
}

async function start(
  entryPoint: string,
  changes: { parameters?: string; arguments?: string[]; overrides?: object } = {},
) {
  const run = await emr.startJobRun(cluster, {
    name: "ending",
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint,
        entryPointArguments: changes.arguments ?? [],
        sparkSubmitParameters: changes.parameters ?? "--conf spark.driver.memory=512m",
      },
    },
    configurationOverrides: {
      monitoringConfiguration: { s3MonitoringConfiguration: { logUri: `s3://${BUCKET}/logs` } },
      ...changes.overrides,
    },
  });
  return run.id;
}

const inState = (run: string, ...states: string[]) =>
  waitFor(`run ${run} to be ${states.join(" or ")}`, RUN_TIMEOUT_MS, async () => {
    const job = await emr.describeJobRun(cluster, run);
    return states.includes(job.state) ? job : null;
  });

const ended = (run: string) => inState(run, "COMPLETED", "FAILED", "CANCELLED");

/** What S3 holds of a run's driver; the state is terminal, so it is all there. */
async function driverLog(run: string, stream: "stdout" | "stderr"): Promise<string> {
  const containers = join(server.dataDir, "buckets", BUCKET, "logs", cluster, "jobs", run, "containers");
  const application = (await readdir(containers)).find((name) => /^spark-[0-9a-f]{32}$/.test(name));
  const path = join(containers, application ?? "no Spark application", `spark-${run}-driver`);
  return gunzipSync(await readFile(join(path, `${stream}.gz`))).toString();
}

async function driverPid(run: string): Promise<number> {
  const started = JSON.parse(await readFile(join(server.dataDir, "runs", run, "started.json"), "utf8"));
  return Number(started.driverPid);
}

test("a driver that exits 3 has failed, says so and leaves its logs", async () => {
  const run = await start(`s3://${BUCKET}/code/exit_3.py`);
  const job = await ended(run);
  assert.equal(job.state, "FAILED");
  assert.equal(job.failureReason, "USER_ERROR");
  assert.match(job.stateDetails ?? "", /exit(ed)? with (code )?3|code 3/);
  assert.match(await driverLog(run, "stdout"), /rows 10/);
});

test("a driver that fails at import names the exception", async () => {
  const run = await start(`s3://${BUCKET}/code/fails_at_import.py`);
  const job = await ended(run);
  assert.equal(job.state, "FAILED");
  assert.match(job.stateDetails ?? "", /^ModuleNotFoundError: No module named 'a_module_that_is_not_there'/);
  // PythonRunner of SparkSubmit merges Python's standard error into the driver's standard output.
  assert.match(await driverLog(run, "stdout"), /a_module_that_is_not_there/);
});

test("a missing entry point fails with Spark's words", async () => {
  const job = await ended(await start(`s3://${BUCKET}/code/missing.py`));
  assert.equal(job.state, "FAILED");
  assert.match(job.stateDetails ?? "", /missing\.py/);
});

test("a missing bucket is an error in a job, with S3's words", async () => {
  const job = await ended(await start("s3://a-bucket-that-is-not-there/job.py"));
  assert.equal(job.state, "FAILED");
  assert.match(job.stateDetails ?? "", /The specified bucket does not exist/);
});

test("a driver that is killed has failed by that signal", async () => {
  const run = await start(`s3://${BUCKET}/code/endless.py`);
  await inState(run, "RUNNING");
  process.kill(await driverPid(run), "SIGKILL");
  const job = await ended(run);
  assert.equal(job.state, "FAILED");
  assert.match(job.stateDetails ?? "", /SIGKILL/);
});

test("a run that is cancelled is CANCEL_PENDING, then CANCELLED, and its driver is gone", async () => {
  const run = await start(`s3://${BUCKET}/code/endless.py`);
  await inState(run, "RUNNING");
  await waitFor("the driver to print", RUN_TIMEOUT_MS, async () =>
    (await readFile(join(server.dataDir, "runs", run, "stdout"), "utf8")).includes("started"),
  );
  const pid = await driverPid(run);
  await emr.cancelJobRun(cluster, run);
  assert.match((await emr.describeJobRun(cluster, run)).state, /^CANCEL(_PENDING|LED)$/);
  const job = await ended(run);
  assert.equal(job.state, "CANCELLED");
  assert.equal(job.failureReason, undefined);
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  assert.match(await driverLog(run, "stdout"), /started/);
});

test("a driver that never starts has failed, and the reason says what to do", async () => {
  const job = await ended(await start("file:///somewhere/else/job.py"));
  assert.equal(job.state, "FAILED");
  assert.match(job.stateDetails ?? "", /engine\.fileRoots/);
});

test("every configuration reaches the driver, in the order of emr-b.md B5", async () => {
  const code = `s3://${BUCKET}/code`;
  const run = await start(`${code}/settings.py`, {
    arguments: ["one", "two words", "größe"],
    parameters: `--py-files ${code}/helper.py --files ${code}/data.txt --conf spark.test.parameters=parameters --conf spark.test.both=parameters --conf spark.test.all=parameters --conf spark.executor.instances=1`,
    overrides: {
      applicationConfiguration: [
        {
          classification: "spark-defaults",
          properties: {
            "spark.test.defaults": "defaults",
            "spark.test.both": "defaults",
            "spark.test.all": "defaults",
          },
        },
        { classification: "core-site", properties: { "test.core.site": "core" } },
        { classification: "spark-hive-site", properties: { "test.hive.site": "hive" } },
        { classification: "spark-log4j2", properties: { "rootLogger.level": "warn" } },
        {
          classification: "spark-env",
          configurations: [{ classification: "export", properties: { TEST_VARIABLE: "value" } }],
        },
      ],
      monitoringConfiguration: {
        s3MonitoringConfiguration: { logUri: `s3a://${BUCKET}/logs`.replace("s3a", "s3") },
      },
    },
  });
  const job = await ended(run);
  assert.equal(job.state, "COMPLETED", job.stateDetails ?? "");
  const { applicationId, ...seen } = JSON.parse(await driverLog(run, "stdout"));
  // Spark 3.5 in local mode names itself; the log places carry the id that was chosen before the launch.
  assert.match(applicationId, /^local-\d+$/);
  assert.deepEqual(seen, {
    arguments: ["one", "two words", "größe"],
    all: "session",
    session: "session",
    parameters: "parameters",
    defaults: "defaults",
    both: "parameters",
    coreSite: "core",
    hiveSite: "hive",
    environment: "value",
    helper: "helper",
    file: "data",
    master: "local[1]",
    leaked: [],
  });
});

test("a server that is killed while a driver runs finds it again, and the run completes", async () => {
  const run = await start(`s3://${BUCKET}/code/slow.py`, { arguments: [`s3://${BUCKET}/go`] });
  await inState(run, "RUNNING");
  const pid = await driverPid(run);
  await server.kill();
  server = await startServerProcess(server.dataDir);
  emr = clientOf(server);
  process.kill(pid, 0);
  await mkdir(join(server.dataDir, "buckets", BUCKET, "go"));
  const job = await ended(run);
  assert.equal(job.state, "COMPLETED", job.stateDetails ?? "");
  assert.match(await driverLog(run, "stdout"), /done/);
});

test("a run that ends while the server is down is known when it is back", async () => {
  const run = await start(`s3://${BUCKET}/code/slow.py`, { arguments: [`s3://${BUCKET}/go-2`] });
  await inState(run, "RUNNING");
  await server.kill();
  await mkdir(join(server.dataDir, "buckets", BUCKET, "go-2"));
  await waitFor("the driver's exit record", RUN_TIMEOUT_MS, () =>
    readFile(join(server.dataDir, "runs", run, "exit.json")).catch(() => null),
  );
  server = await startServerProcess(server.dataDir);
  emr = clientOf(server);
  assert.equal((await ended(run)).state, "COMPLETED");
});
