import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { EmrClient } from "../../src/cli/emr/emr-client.ts";
import { processStartedAtMs } from "../../src/cli/machine/process.ts";
import type { ReadyFile } from "../../src/cli/machine/ready-file.ts";
import { type EphemeralServer, startEphemeralServer } from "../support/ephemeral-server.ts";
import { firesteel } from "../support/firesteel.ts";
import { sparkRuntime } from "../support/runtime.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const ENDLESS = fileURLToPath(new URL("../fixtures/endless.py", import.meta.url));
const TIMEOUT_MS = 300_000;

/** Runs a driver that never ends by itself; answers the pids of its supervisor and its driver. */
async function startEndlessRun({ url, bucketsDir, dataDir, ...ready }: ReadyFile): Promise<number[]> {
  const emr = new EmrClient({ endpoint: url, region: ready.region, credentials: ready });
  await mkdir(join(bucketsDir, "code"));
  await cp(ENDLESS, join(bucketsDir, "code", "endless.py"));
  const cluster = await emr.createVirtualCluster({ name: "c", eksClusterId: "eks", namespace: "n" });
  const run = await emr.startJobRun(cluster.id, {
    name: "endless",
    executionRoleArn: `arn:aws:iam::${ready.account}:role/job`,
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://code/endless.py" } },
  });
  return waitFor("the driver to run", TIMEOUT_MS, async () => {
    const { state } = await emr.describeJobRun(cluster.id, run.id);
    if (state !== "RUNNING") return null;
    const record = async (name: string) =>
      // The engine's own records, which hold these members.
      JSON.parse(await readFile(join(dataDir, "runs", run.id, name), "utf8")) as Record<string, number>;
    return [(await record("supervisor.json")).pid ?? 0, (await record("started.json")).driverPid ?? 0];
  });
}

async function exitOf({ process: child, output }: EphemeralServer): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit", { signal: AbortSignal.timeout(TIMEOUT_MS) });
  assert.equal(child.signalCode, null, output());
  return child.exitCode;
}

describe("an ephemeral server", { timeout: TIMEOUT_MS }, () => {
  // Installing it may take minutes, which are not the tests' own.
  before(async () => void (await sparkRuntime()));

  it("leaves neither file nor process when the process that it serves is killed", async (context) => {
    const harness = spawn("sleep", ["600"]);
    context.after(() => harness.kill("SIGKILL"));
    const server = await startEphemeralServer(context, { args: ["--exit-with", String(harness.pid)] });
    const pids = await startEndlessRun(server.ready);
    for (const pid of pids) assert.notEqual(await processStartedAtMs(pid), null);

    harness.kill("SIGKILL");
    assert.equal(await exitOf(server), 0, server.output());
    assert.deepEqual(await readdir(server.temporary), []);
    await assert.rejects(stat(server.readyFile), { code: "ENOENT" });
    for (const pid of pids) assert.equal(await processStartedAtMs(pid), null);
  });

  it("that was killed is cleared away by the next one, and one that lives is not", async (context) => {
    const living = await startEphemeralServer(context);
    const environment = { TMPDIR: living.temporary };
    const killed = await startEphemeralServer(context, { environment });
    const pids = await startEndlessRun(killed.ready);
    killed.process.kill("SIGKILL");
    await once(killed.process, "exit");
    for (const pid of pids) assert.notEqual(await processStartedAtMs(pid), null);

    await startEphemeralServer(context, { environment });
    const { dataDir } = killed.ready;
    await waitFor(`${dataDir} to be gone`, TIMEOUT_MS, async () => !existsSync(dataDir));
    for (const pid of pids) assert.equal(await processStartedAtMs(pid), null);
    assert.ok(existsSync(living.ready.dataDir));
    assert.equal((await fetch(`${living.ready.url}/readyz`)).status, 200);
  });

  it("tells where it is to its owner only, and takes no state from elsewhere", async (context) => {
    const elsewhere = await temporaryDirectory(context);
    const server = await startEphemeralServer(context, {
      environment: {
        FIRESTEEL_DATA_DIR: join(elsewhere, "data"),
        DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
      },
    });
    const { ready } = server;
    assert.equal((await stat(server.readyFile)).mode & 0o777, 0o600);
    assert.equal(ready.version, 1);
    assert.equal(ready.pid, server.process.pid);
    assert.equal(ready.url, `http://127.0.0.1:${ready.port}`);
    assert.equal(ready.bucketsDir, join(ready.dataDir, "buckets"));
    assert.equal(ready.environment.AWS_ENDPOINT_URL_EMR_CONTAINERS, ready.url);
    assert.ok(ready.dataDir.startsWith(server.temporary));
    assert.deepEqual(await readdir(elsewhere), []);
    // No waiting: it is ready by then.
    assert.equal((await fetch(`${ready.url}/readyz`)).status, 200);
    const listed = await firesteel(["emr", "virtual-cluster", "list", "-o", "json"], {
      environment: ready.environment,
    });
    assert.deepEqual([listed.exitCode, listed.stdout], [0, "[]\n"], listed.stderr);
    assert.equal(await server.stop(), 0, server.output());
    assert.deepEqual(await readdir(server.temporary), []);
  });

  it("refuses what cannot be meant, and does not let a stale ready file stand", async (context) => {
    const directory = await temporaryDirectory(context);
    const ready = join(directory, "ready.json");
    await writeFile(ready, "{}");
    const refused: [args: string[], stderr: RegExp][] = [
      [
        ["--data-dir", directory],
        /--ephemeral has a data directory of its own and cannot be used with --data-dir/,
      ],
      [["--set", "database.url=postgresql://x"], /cannot be used with --set/],
      [["--exit-with", "0"], /--exit-with 0: there is no such process/],
      [["--ready-file", join(directory, "missing", "f")], /missing\/f cannot be written/],
    ];
    for (const [args, stderr] of refused) {
      const outcome = await firesteel(["server", "--ephemeral", "--port", "0", ...args]);
      assert.equal(outcome.exitCode, 2);
      assert.match(outcome.stderr, stderr);
    }
    // No such address on any machine (RFC 5737), so that it never becomes ready.
    const outcome = await firesteel(["server", "--ephemeral", "--host", "192.0.2.1", "--ready-file", ready], {
      environment: { TMPDIR: directory, FIRESTEEL_ENGINE_TRUST_JOBS: "true" },
    });
    assert.equal(outcome.exitCode, 1, outcome.stderr);
    assert.deepEqual(await readdir(directory), []);
  });
});
