import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startServerProcess } from "../support/server.ts";
import { waitFor } from "../support/wait-for.ts";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const SPARK_TIMEOUT_MS = 300_000;

const SCRIPT = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.option("header", True).csv(sys.argv[-1]).count()
print("arguments:", *sys.argv[1:-1])
print("rows:", rows)
if "fail" in sys.argv: raise ValueError("asked to fail")
if "wait" in sys.argv:
    print("waiting", flush=True)
    import time
    time.sleep(600)
`;

describe("firesteel on a data directory", () => {
  let directory: string;
  let dataDir: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "firesteel-cli-"));
    dataDir = join(directory, "data");
    await writeFile(join(directory, "my.py"), SCRIPT);
    await writeFile(join(directory, "data.csv"), "a,b\n1,2\n3,4\n");
  });
  after(async () => {
    await firesteel("stop", "--applications");
    await rm(directory, { recursive: true, force: true });
  });

  /** Runs the command in the test's directory, as somebody who has keys of a real cloud in the environment. */
  function start(...args: string[]) {
    return spawn(FIRESTEEL, args, {
      cwd: directory,
      env: {
        ...process.env,
        FIRESTEEL_DATA_DIR: dataDir,
        AWS_ACCESS_KEY_ID: "AKIASOMETHINGELSE",
        AWS_SECRET_ACCESS_KEY: "x",
        AWS_ENDPOINT_URL_EMR_CONTAINERS: "",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async function firesteel(...args: string[]) {
    const child = start(...args);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (piece) => (output[name] += piece));
    const [exitCode] = (await once(child, "close")) as [number];
    return { exitCode, ...output };
  }

  it("copies to, from and between buckets without a server", async () => {
    assert.equal((await firesteel("s3", "mb", "s3://in-bucket")).stdout, "Made s3://in-bucket\n");
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    for (const [from, to] of [
      ["data.csv", "s3://in-bucket/a/"],
      ["s3://in-bucket/a/data.csv", "s3://in-bucket/b/copy.csv"],
      ["s3://in-bucket/b/copy.csv", "back.csv"],
    ] as const) {
      assert.deepEqual(
        await firesteel("s3", "cp", from, to).then(({ exitCode }) => exitCode),
        0,
        `${from} to ${to}`,
      );
    }
    assert.equal(await readFile(join(directory, "back.csv"), "utf8"), "a,b\n1,2\n3,4\n");
    assert.equal((await firesteel("s3", "cat", "s3://in-bucket/b/copy.csv")).stdout, "a,b\n1,2\n3,4\n");
    const level = JSON.parse((await firesteel("s3", "ls", "s3://in-bucket", "-o", "json")).stdout) as {
      uri: string;
    }[];
    assert.deepEqual(
      level.map(({ uri }) => uri),
      ["s3://in-bucket/a/", "s3://in-bucket/b/"],
    );
    await firesteel("s3", "cp", "-r", "s3://in-bucket", "all");
    assert.equal(await readFile(join(directory, "all", "a", "data.csv"), "utf8"), "a,b\n1,2\n3,4\n");
  });

  it("tells of a missing bucket or object by S3's names", async () => {
    const missing = await firesteel("s3", "cat", "s3://in-bucket/none");
    assert.equal(missing.exitCode, 1);
    assert.match(missing.stderr, /^error: .*s3:\/\/in-bucket\/none/);
    assert.match((await firesteel("s3", "ls", "s3://nowhere")).stderr, /bucket does not exist: nowhere/);
  });

  it("runs a script on a file with no preparation, and ends without a trace of a server", {
    timeout: SPARK_TIMEOUT_MS,
  }, async () => {
    const outcome = await firesteel("emr", "run", "my.py", "one", "--input", "data.csv", "--", "--two");
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    assert.equal(outcome.stdout, "arguments: one --two\nrows: 2\n");
    assert.match(outcome.stderr, /No server is running: starting one for this run/);
    assert.match(
      outcome.stderr,
      /COMPLETED after .*\nLogs: s3:\/\/firesteel-123456789012\/logs\/.*\n(.*\n)*.*-driver\/stdout\.gz/,
    );
    assert.equal((await firesteel("emr", "list")).exitCode, 3);
  });

  it("serves the whole life of runs to the other commands", {
    timeout: SPARK_TIMEOUT_MS,
  }, async (context) => {
    const server = await startServerProcess(dataDir);
    context.after(() => server.endWithApplications());
    assert.match((await firesteel("server")).stderr, /a server runs on .* already: http/);

    const failed = await firesteel("emr", "run", "my.py", "fail", "--input", "data.csv", "--name", "failing");
    assert.equal(failed.exitCode, 4, failed.stderr);
    assert.match(failed.stderr, /FAILED after .*ValueError: asked to fail/);

    const detached = await firesteel(
      "emr",
      "run",
      "my.py",
      "wait",
      "--input",
      "data.csv",
      "--detach",
      "-o",
      "json",
    );
    const { id } = JSON.parse(detached.stdout) as { id: string };
    const following = start("emr", "logs", "-f", id);
    let followed = "";
    following.stdout.on("data", (piece) => (followed += piece));
    await waitFor("the driver's output to be followed", SPARK_TIMEOUT_MS, async () =>
      followed.includes("waiting"),
    );

    const processes = JSON.parse((await firesteel("ps", "-o", "json")).stdout) as {
      run: string;
      role: string;
      pid: number;
    }[];
    assert.deepEqual(processes.map(({ run, role }) => [run, role]).sort(), [
      [id, "driver"],
      [id, "supervisor"],
    ]);

    assert.equal((await firesteel("emr", "cancel", id)).exitCode, 0);
    assert.deepEqual(await once(following, "close"), [0, null]);
    const described = JSON.parse((await firesteel("emr", "describe", id, "-o", "json")).stdout) as {
      state: string;
    };
    assert.equal(described.state, "CANCELLED");
    assert.match(
      (await firesteel("emr", "cancel", id)).stderr,
      /cannot be cancelled: it is CANCELLED already/,
    );

    const runs = JSON.parse((await firesteel("emr", "list", "-o", "json")).stdout) as {
      name: string;
      state: string;
    }[];
    assert.deepEqual(
      runs.map(({ name, state }) => [name, state]),
      [
        ["my", "CANCELLED"],
        ["failing", "FAILED"],
        ["my", "COMPLETED"],
      ],
    );
    assert.match(
      (await firesteel("emr", "describe", id.slice(1))).stderr,
      /no run .* in any virtual cluster/,
    );

    const sql = await firesteel("emr", "run", "s3://none/query.sql", "--hivevar", "A=B", "--detach");
    const shown = await firesteel("emr", "describe", sql.stdout.trim());
    assert.match(shown.stdout, /^SQL file +s3:\/\/none\/query\.sql$/m);
    assert.match(shown.stdout, /^Spark SQL parameters +--hivevar A=B$/m);
    await firesteel("emr", "cancel", sql.stdout.trim());

    const stopped = await firesteel("stop");
    assert.equal(stopped.stdout, `Stopped the server at ${server.url} (pid ${server.pid})\n`);
    assert.match((await firesteel("emr", "logs", id)).stdout, /rows: 2\nwaiting\n/);
  });

  it("cancels the run that Ctrl-C interrupts", { timeout: SPARK_TIMEOUT_MS }, async () => {
    const child = start("emr", "run", "my.py", "wait", "--input", "data.csv");
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (piece) => (output[name] += piece));
    await waitFor("the script to wait", SPARK_TIMEOUT_MS, async () => output.stdout.includes("waiting"));
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "close"), [130, null], output.stderr);
    assert.match(output.stderr, /Interrupted: cancelling run .*\nCANCELLED\n$/);
    // Its supervisor lives on for a moment.
    await waitFor(
      "no process to be left",
      SPARK_TIMEOUT_MS,
      async () => (await firesteel("ps", "-o", "json")).stdout === "[]\n",
    );
  });

  it("makes access keys that a running server takes at once, until they are deactivated", async (context) => {
    const server = await startServerProcess(dataDir);
    context.after(() => server.endWithApplications());
    const created = JSON.parse(
      (await firesteel("access-key", "create", "--user", "ci", "-o", "json")).stdout,
    ) as { id: string; secret: string };
    const asCi = async () => {
      const environment = {
        ...process.env,
        AWS_ACCESS_KEY_ID: created.id,
        AWS_SECRET_ACCESS_KEY: created.secret,
      };
      return new Promise<number>((resolve) => {
        const child = execFile(
          FIRESTEEL,
          ["emr", "list", "--endpoint-url", server.url, "--data-dir", dataDir],
          { env: environment },
        );
        child.once("close", (code) => resolve(code ?? -1));
      });
    };
    assert.equal(await asCi(), 0);
    assert.equal((await firesteel("access-key", "deactivate", created.id)).exitCode, 0);
    assert.equal(await asCi(), 1);
  });
});
