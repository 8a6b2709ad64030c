import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { EmrClient } from "../../../src/cli/emr/emr-client.ts";
import { chromium } from "../../support/chromium.ts";
import { newPage, testBrowser } from "../../support/chromium-page.ts";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { type ServerProcess, startServerProcess } from "../../support/server.ts";
import { makeTemporaryDirectory } from "../../support/temporary.ts";
import { waitFor } from "../../support/wait-for.ts";
import { readsSparkPages } from "./spark-pages.ts";

const execute = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const FIRESTEEL = join(HERE, "..", "..", "..", "bin", "firesteel");
const BUCKET = "spark-ui";
const CLIENTS = ["boto3==1.44.5", "awscli==1.46.3"];
const TIMEOUT_MS = 240_000;

/** A job that has run one Spark job and goes on until a file is there. Then its event log grows beyond three files. */
const PROGRAM = `
import os, sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("shown").getOrCreate()
print(spark.range(7).count(), flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.2)
for padding in sys.argv[2:]:
    for number in range(5):
        spark.sparkContext.setLocalProperty("padding", int(padding) * "x")
        spark.range(7).count()
`;
/** Each Spark job tells the event log of it four times: 40 MiB. */
const PADDING = 2 ** 21;
const ROTATION =
  "--conf spark.eventLog.rotation.enabled=true --conf spark.eventLog.rotation.maxFilesToRetain=1";

/** What an unmodified boto3 asks for: prints the URL. */
const BOTO3 = `
import sys, time, boto3
emr = boto3.client("emr")
cluster, run = sys.argv[1:]
ui = emr.create_persistent_app_ui(TargetResourceArn=cluster, EMRContainersConfig={"JobRunId": run})["PersistentAppUIId"]
assert emr.describe_persistent_app_ui(PersistentAppUIId=ui)["PersistentAppUI"]["PersistentAppUIStatus"] == "ATTACHED"
while True:
    answer = emr.get_persistent_app_ui_presigned_url(PersistentAppUIId=ui, PersistentAppUIType="SHS")
    if answer["PresignedURLReady"]:
        break
    time.sleep(0.5)
print(answer["PresignedURL"])
try:
    emr.create_persistent_app_ui(TargetResourceArn=cluster, EMRContainersConfig={"JobRunId": "nope"})
except emr.exceptions.InvalidRequestException:
    pass
`;

interface Browser {
  /** Below the session, with its cookie; the path goes over the wire as it is. */
  get(path: string): Promise<{ status: number; location: string | undefined; body: string }>;
}

/** Opens a URL once, as a browser does. */
async function browse(url: string): Promise<Browser> {
  const opened = await fetch(url, { redirect: "manual" });
  assert.equal(opened.status, 303, await opened.text());
  const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
  const base = opened.headers.get("location") ?? "";
  return {
    async get(path) {
      const asked = request({
        ...hostOf(url),
        path: path.startsWith("/") ? path : base + path,
        headers: { cookie },
        agent: false,
      });
      asked.end();
      const [answer] = await once(asked, "response");
      const body = Buffer.concat(await Array.fromAsync<Buffer>(answer)).toString();
      return { status: answer.statusCode, location: answer.headers.location, body };
    },
  };
}

function hostOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

before(async () => void (await Promise.all([sparkRuntime(), testPython(CLIENTS), chromium()])));

test("Spark's pages of a run are open to its owner's browser, while it lives and after", {
  timeout: 4 * TIMEOUT_MS,
}, async (t) => {
  const python = await testPython(CLIENTS);
  const { path: directory, remove } = await makeTemporaryDirectory();
  const dataDir = join(directory, "data");
  const code = join(dataDir, "buckets", BUCKET);
  await mkdir(code, { recursive: true });
  await writeFile(join(code, "job.py"), PROGRAM);
  let server: ServerProcess = await startServerProcess(dataDir);
  t.after(async () => {
    await server.endWithApplications();
    await remove();
  });
  const client = () => {
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = server.clientEnvironment;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    return new EmrClient({ endpoint: server.url, region: "us-east-1", credentials });
  };
  const cluster = await client().createVirtualCluster({ name: "ui", eksClusterId: "eks", namespace: "ui" });
  const stop = join(code, "stop");
  const start = async (persistentAppUI: "ENABLED" | "DISABLED") => {
    const { id } = await client().startJobRun(cluster.id, {
      name: "shown",
      executionRoleArn: "arn:aws:iam::123456789012:role/job",
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: `s3://${BUCKET}/job.py`,
          entryPointArguments: [stop, ...(persistentAppUI === "ENABLED" ? [`${PADDING}`] : [])],
          sparkSubmitParameters: `--conf spark.driver.memory=1g ${ROTATION}`,
        },
      },
      configurationOverrides: { monitoringConfiguration: { persistentAppUI } },
    });
    return id;
  };
  const urlByBoto3 = async (run: string) => {
    const { stdout } = await execute(python, ["-c", BOTO3, cluster.arn, run], {
      env: { ...server.clientEnvironment, AWS_EC2_METADATA_DISABLED: "true", HOME: directory },
    });
    return stdout.trim();
  };
  const firesteel = (...argv: string[]) =>
    execute(FIRESTEEL, [...argv, "--data-dir", dataDir]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  const readsInChromium = async (test: TestContext, url: string) => {
    const found = await chromium();
    if (typeof found === "string") return test.skip(found);
    const browser = await testBrowser(test, found, join(directory, "profile"));
    await readsSparkPages(await newPage(browser), url);
  };
  const run = await start("ENABLED");

  await t.test("the live driver's, through the proxy alone", async () => {
    const url = await urlByBoto3(run);
    const browser = await browse(url);
    const applications = await waitFor("a job to be shown", TIMEOUT_MS, async () => {
      const { status, body } = await browser.get("api/v1/applications");
      assert.equal(status, 200, body);
      const [application] = JSON.parse(body);
      const jobs = await browser.get(`api/v1/applications/${application.id}/jobs`);
      return jobs.body.includes('"SUCCEEDED"') ? [application] : null;
    });
    assert.equal(applications[0].name, "shown");
    assert.match((await browser.get("jobs/")).body, /href="\/spark-ui\/[^"]+\/static\/webui\.css"/);
    assert.match((await browser.get("")).location ?? "", /^\/spark-ui\/[^/]+\/jobs\/$/);
    assert.equal((await fetch(url)).status, 401);
    for (const path of ["..%2f..%2fmetrics", "%2e%2e/%2e%2e/metrics", "../../metrics", "//127.0.0.1:1/"])
      assert.equal((await browser.get(path.startsWith("/") ? `x${path}` : path)).status === 200, false, path);
    assert.equal((await browser.get("jobs/job/kill/?id=0")).status, 403);
  });

  await t.test("the live driver's, in Chromium", async (test) =>
    readsInChromium(test, await urlByBoto3(run)),
  );

  await t.test("and nobody else on this machine reads them", async () => {
    const text = await readFile(join(dataDir, "runs", run, "conf", "ui.properties"), "utf8");
    const port = Number(/^port=(\d+)$/m.exec(text)?.[1]);
    for (const path of [
      "/",
      "/jobs/",
      "/api/v1/applications",
      "/static/webui.css",
      "/metrics/json/",
      "/environment/",
    ])
      assert.equal(
        (await fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" })).status,
        403,
        path,
      );
    const forged = await fetch(`http://127.0.0.1:${port}/jobs/`, {
      headers: { "x-firesteel-ui-secret": "x".repeat(43) },
    });
    assert.equal(forged.status, 403);
  });

  await t.test("a run with persistentAppUI DISABLED keeps none and says so", async () => {
    await writeFile(stop, "");
    const disabled = await start("DISABLED");
    const { code: exitCode, stderr } = await firesteel("emr", "ui", disabled);
    assert.equal(exitCode, 1);
    assert.match(stderr, /persistentAppUI DISABLED/);
    await ended(client(), cluster.id, disabled);
    assert.deepEqual(await readdir(join(dataDir, "runs", disabled, "event-logs")), []);
  });

  await t.test("an ended run's, at a history server that outlives a server", async () => {
    await ended(client(), cluster.id, run);
    const files = await readdir(join(dataDir, "runs", run, "event-logs"), { recursive: true });
    const indexes = files.flatMap((name) => /events_(\d+)_/.exec(name)?.[1] ?? []).map(Number);
    assert.ok(indexes.length === 2 && Math.max(...indexes) > 2, `the middle is rotated away: ${files}`);
    const said = await firesteel("emr", "ui", run, "-o", "json");
    assert.equal(said.code, 0, said.stderr);
    await showsJob(await browse(JSON.parse(said.stdout).url));
    const before = await historyServers(dataDir);
    await server.kill();
    server = await startServerProcess(dataDir);
    await showsJob(await browse(await urlByBoto3(run)));
    assert.deepEqual(await historyServers(dataDir), before);
    assert.equal(before.length, 1);
  });

  await t.test("an ended run's, in Chromium", async (test) => readsInChromium(test, await urlByBoto3(run)));
});

async function showsJob(browser: Browser): Promise<void> {
  const { status, location = "" } = await browser.get("stages/");
  assert.equal(status, 302);
  const id = /\/history\/([^/]+)\/stages\/$/.exec(location)?.[1];
  const jobs = JSON.parse((await browser.get(`api/v1/applications/${id}/jobs`)).body);
  const first = jobs.find(({ jobId }: { jobId: number }) => jobId === 0);
  assert.equal(first?.status, "SUCCEEDED", JSON.stringify(jobs));
  const page = await waitFor("the history's page", TIMEOUT_MS, async () => {
    // The first answer of a history server that loads an application leads to itself.
    const answer = await browser.get(`history/${id}/jobs/`);
    return answer.status === 200 ? answer.body : null;
  });
  assert.match(page, /Spark Jobs/);
  assert.equal((await browser.get("history/other/jobs/")).status, 404);
  assert.equal((await browser.get("api/v1/applications")).status, 404);
}

async function ended(client: EmrClient, cluster: string, run: string): Promise<void> {
  await waitFor(`run ${run} to be COMPLETED`, TIMEOUT_MS, async () =>
    (await client.describeJobRun(cluster, run)).state === "COMPLETED" ? true : null,
  );
}

/** The history servers of a data directory, with the pids of those that were started. */
async function historyServers(dataDir: string): Promise<string[]> {
  const names = (await readdir(join(dataDir, "runs"))).filter((name) => name.startsWith("history-"));
  return Promise.all(
    names.map(
      async (name) => `${name} ${await readFile(join(dataDir, "runs", name, "started.json"), "utf8")}`,
    ),
  );
}
