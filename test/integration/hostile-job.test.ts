import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { EmrClient } from "../../src/cli/emr/emr-client.ts";
import { accountId } from "../../src/core/ids.ts";
import { openStore } from "../../src/store/open-store.ts";
import { sparkRuntime } from "../support/runtime.ts";
import { processesOf, skippedWithoutSandbox } from "../support/sandbox.ts";
import { type ServerProcess, startServerProcess } from "../support/server.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/hostile", import.meta.url));
const RUN_TIMEOUT_MS = 240_000;
const BUCKET = "hostile";
const OTHER_BUCKET = "victims-bucket";
const SECRETS = ["SERVERS-SECRET", "VICTIM-SECRET", "BUCKETS-SECRET"];
const MEBIBYTE = 2 ** 20;
/** Kept of the end of an output that is cut (drivers/supervisor/outputs.py); what is in its file grows no further. */
const TAIL_BYTES = 2 ** 16;
/** Small, so that a bomb harms nobody even where its limit should fail; the programs bound themselves too. */
const LIMITS = {
  FIRESTEEL_ENGINE_PROCESS_SANDBOX: "required",
  FIRESTEEL_ENGINE_PROCESS_MEMORY_OVERHEAD: "512m",
  FIRESTEEL_ENGINE_PROCESS_MAX_PROCESSES: "600",
  FIRESTEEL_ENGINE_PROCESS_MAX_RUN_DISK_BYTES: "64m",
  FIRESTEEL_ENGINE_PROCESS_MAX_LOG_BYTES: "1m",
  FIRESTEEL_ENGINE_KILL_GRACE_SECONDS: "1",
  FIRESTEEL_TEST_SECRET: "SERVERS-SECRET",
};

const skip = await skippedWithoutSandbox("a hostile job");

let directory: { path: string; remove(): Promise<void> };
let server: ServerProcess;
let emr: EmrClient;
let cluster: string;

before(async () => {
  if (skip !== false) return;
  await sparkRuntime();
  directory = await makeTemporaryDirectory();
  const data = join(directory.path, "data");
  const buckets = join(data, "buckets");
  await cp(FIXTURES, join(buckets, BUCKET, "code"), { recursive: true });
  // As somebody makes them who has umask 077.
  await mkdir(join(buckets, BUCKET, "made-by-hand"), { mode: 0o700 });
  await writeFile(join(buckets, BUCKET, "made-by-hand", "question.txt"), "by hand", { mode: 0o600 });
  await mkdir(join(buckets, OTHER_BUCKET));
  await writeFile(join(buckets, OTHER_BUCKET, "secret.txt"), "BUCKETS-SECRET");
  server = await startServerProcess(data, LIMITS);
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = server.clientEnvironment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  emr = new EmrClient({ endpoint: server.url, region: "us-east-1", credentials });
  cluster = (await emr.createVirtualCluster({ name: "c", eksClusterId: "eks", namespace: "c" })).id;
  const store = await openStore({ databaseUrl: "", file: join(data, "firesteel.db") });
  const account = accountId("999999999999");
  await store.commit([{ kind: "bucket", name: OTHER_BUCKET, account, createdAtMs: 0 }]);
  await store.close();
});

after(async () => {
  if (skip !== false) return;
  await server.endWithApplications();
  await directory.remove();
});

async function start(program: string, ...programArguments: string[]): Promise<string> {
  const run = await emr.startJobRun(cluster, {
    name: program,
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: `s3://${BUCKET}/code/${program}.py`,
        entryPointArguments: programArguments,
        sparkSubmitParameters: "--conf spark.driver.memory=256m --conf spark.executor.memory=512m",
      },
    },
    configurationOverrides: {
      monitoringConfiguration: { s3MonitoringConfiguration: { logUri: `s3://${BUCKET}/logs` } },
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

/** The engine's own log of a run's driver. */
const output = (run: string) => readFile(join(server.dataDir, "runs", run, "stdout"), "utf8");

async function deliveredOutput(run: string): Promise<string> {
  const containers = join(server.dataDir, "buckets", BUCKET, "logs", cluster, "jobs", run, "containers");
  const application = (await readdir(containers)).find((name) => /^spark-[0-9a-f]{32}$/.test(name));
  const path = join(containers, application ?? "no Spark application", `spark-${run}-driver`);
  return gunzipSync(await readFile(join(path, "stdout.gz"))).toString();
}

test("a job reaches nothing that is not its own", { skip }, async (context) => {
  const victim = await start("victim");
  const ports = await waitFor("the victim's ports", RUN_TIMEOUT_MS, async () => {
    const line = (await output(victim).catch(() => "")).split("\n").find((text) => text.startsWith("{"));
    return line === undefined ? null : (JSON.parse(line) as Record<string, number>);
  });
  const [victimPid] = await processesOf(victim);
  const aim = {
    dataDir: server.dataDir,
    ownBucket: BUCKET,
    otherBucket: OTHER_BUCKET,
    serverPid: server.pid,
    serverPort: Number(new URL(server.url).port),
    victimPid: Number(victimPid),
    victimPorts: ports,
    cluster,
    // The victim's name is in its environment too.
    secrets: [...SECRETS, victim],
  };
  const run = await start("reads", JSON.stringify(aim));
  const job = await ended(run);
  const stdout = await output(run);
  assert.equal(job.state, "COMPLETED", `${job.stateDetails}\n${stdout}`);
  const line = stdout.split("\n").find((text) => text.startsWith("RESULTS "));
  assert.ok(line, stdout);
  const results = JSON.parse(line.slice("RESULTS ".length)) as Record<string, string>;

  assert.equal(results["control: its own bucket"], "by hand");
  assert.match(results["control: a Spark port without a secret"] ?? "", /MapOutputTracker/);
  const attempts = Object.entries(results).filter(([name]) => !name.startsWith("control: "));
  assert.ok(attempts.length > 35, `${attempts.length} attempts`);
  for (const [name, outcome] of attempts)
    await context.test(`${name}: ${outcome}`, () => assert.match(outcome, /^(?:nothing|refused: )/));
  // A program that fails for a reason of its own would have been refused nothing.
  for (const [, outcome] of attempts) assert.doesNotMatch(outcome, /not defined|attribute|argument/);

  await context.test("what was to outlive the run has ended with it", async () => {
    assert.equal(await readFile(join(server.dataDir, "buckets", BUCKET, "left-behind"), "utf8"), "started");
    assert.deepEqual(await processesOf(run), []);
  });
  await context.test("the other run goes on", async () => {
    assert.equal((await emr.describeJobRun(cluster, victim)).state, "RUNNING");
    await emr.cancelJobRun(cluster, victim);
    assert.equal((await ended(victim)).state, "CANCELLED");
  });
});

const bombs: [program: string, what: RegExp][] = [
  ["forks", /^The run had \d+ processes and threads; the limit is 600 /],
  ["disk", /^The run's working directories held \d+ MiB; the limit is 64 MiB /],
  ["memory", /^The run used \d+ MiB of memory; the limit is \d+ MiB: /],
];
for (const [program, what] of bombs) {
  test(`a job that takes too much is ended, and its state says of what: ${program}`, { skip }, async () => {
    const run = await start(program);
    const job = await ended(run);
    assert.equal(job.state, "FAILED");
    assert.match(job.stateDetails ?? "", what);
    assert.deepEqual(await processesOf(run), []);
  });
}

test("a job that prints 1 GiB and will not end is cut short, and ended", { skip }, async () => {
  const run = await start("output");
  await waitFor(
    "the cut",
    RUN_TIMEOUT_MS,
    async () => (await output(run).catch(() => "")).length >= MEBIBYTE - TAIL_BYTES,
  );
  await emr.cancelJobRun(cluster, run);
  const job = await ended(run);
  assert.equal(job.state, "CANCELLED");
  assert.match(job.stateDetails ?? "", /\d+ bytes of the driver's stdout were not kept: /);
  for (const text of [await output(run), await deliveredOutput(run)]) {
    assert.ok(text.length < MEBIBYTE + 200, `${text.length} bytes`);
    assert.match(text, /\n\[firesteel: \d+ bytes are left out here/);
  }
  assert.deepEqual(await processesOf(run), []);
});
