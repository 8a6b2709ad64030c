import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { EmrClient, type EmrClientOptions } from "../../src/cli/emr/emr-client.ts";
import { readAdminEnv } from "../../src/cli/machine/admin-env.ts";
import { StateClient } from "../../src/cli/state/state-client.ts";
import { createHost } from "../../src/host.ts";
import { firesteel } from "../support/firesteel.ts";
import { type LocalServer, localServers, localSettings } from "../support/local-server.ts";
import { startServerProcess } from "../support/server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 300_000;
const ALLOWED = { "server.allowReset": "true" };

async function targetOf({ url, dataDir }: { url: string; dataDir: string }): Promise<EmrClientOptions> {
  const admin = await readAdminEnv(dataDir);
  const credentials = {
    accessKeyId: admin?.get("AWS_ACCESS_KEY_ID") ?? "",
    secretAccessKey: admin?.get("AWS_SECRET_ACCESS_KEY") ?? "",
  };
  return { endpoint: url, region: "us-east-1", credentials };
}

async function fixture(context: TestContext, settings: Record<string, string> = ALLOWED) {
  const servers = await localServers(context);
  const server = await servers.start({ dataDir: join(servers.directory, "data"), settings });
  const target = await targetOf(server);
  const object = async (key: string) => {
    await mkdir(join(server.dataDir, "buckets", "b"), { recursive: true });
    await writeFile(join(server.dataDir, "buckets", "b", key), key);
  };
  const held = async () => ({
    clusters: (await Array.fromAsync(new EmrClient(target).listVirtualClusters())).map(({ name }) => name),
    buckets: (await readdir(join(server.dataDir, "buckets"), { recursive: true })).sort(),
    runs: await readdir(join(server.dataDir, "runs")),
  });
  return { server, servers, target, state: new StateClient(target), object, held };
}

/** What a server on a new directory holds. */
const NOTHING = { clusters: [], buckets: [], runs: [] };

const signal = (server: LocalServer) => join(server.dataDir, "..", "signal");

describe("reset", { timeout: TIMEOUT_MS }, () => {
  it("ends what runs, forgets everything but keys, and lets no request see it half done", async (context) => {
    const { server, target, state, object, held } = await fixture(context);
    const cluster = await server.createCluster("c");
    const runs = await Promise.all(
      // More than there are cores for, so that some wait.
      Array.from({ length: 6 }, () => server.startRun(cluster, "sleep 600")),
    );
    await waitFor("a driver to run", TIMEOUT_MS, async () => (await server.engine.processes()).length > 0);
    await object("x");

    let over = false;
    const seen: string[] = [];
    const watching = (async () => {
      while (!over) {
        const clusters = await Array.fromAsync(new EmrClient(target).listVirtualClusters());
        // Between two moves there is no folder: no run's either.
        const directories = await readdir(join(server.dataDir, "runs")).catch((error: unknown) => {
          assert.equal(Object(error).code, "ENOENT");
          return [];
        });
        seen.push(`${clusters.length} ${clusters.length === 0 ? directories.length : "…"}`);
      }
    })();
    const done = await state.reset();
    over = true;
    await watching;
    // Once no cluster is seen, no run is kept either.
    assert.deepEqual(
      [...new Set(seen)].filter((what) => !["1 …", "0 0"].includes(what)),
      [],
    );
    assert.ok(done.applicationsEnded > 0);
    assert.deepEqual(await held(), NOTHING);
    assert.deepEqual(await server.engine.processes(), []);
    assert.deepEqual(await targetOf(server), target);

    // As new: the same names and tokens stand for other things.
    const again = await server.createCluster("c");
    assert.notEqual(again, cluster);
    const { id } = await server.startRun(again, "echo ok", "token");
    assert.ok(!runs.some((run) => run.id === id));
    await server.runReaches(again, id, "COMPLETED");
    assert.equal((await server.startRun(again, "echo ok", "token")).id, id);
    assert.deepEqual(await state.reset(), { applicationsEnded: 0 });
    assert.deepEqual(await held(), NOTHING);
  });

  it("is the administrator's, of a server that allows it", async (context) => {
    const { server, servers, target, state } = await fixture(context);
    const settings = await localSettings(server.dataDir, { "aws.accountId": "210987654321" });
    const other = await createHost(settings, {}, "test").accessKeys().create("admin");
    const credentials = { accessKeyId: other.id, secretAccessKey: other.secret };
    const theirs = new StateClient({ ...target, credentials });
    const calls = [() => theirs.reset(), () => theirs.listSnapshots(), () => theirs.saveSnapshot("s")];
    for (const call of calls)
      await assert.rejects(call, { message: "Only keys of account 123456789012 may do this." });
    const forged = { ...target, credentials: { ...target.credentials, secretAccessKey: "x" } };
    await assert.rejects(new StateClient(forged).reset(), /signature/);
    assert.equal((await fetch(`${server.url}/firesteel/reset`, { method: "POST" })).status, 403);
    assert.deepEqual(await state.listSnapshots(), []);

    const usual = await servers.start({ dataDir: join(servers.directory, "usual") });
    await assert.rejects(new StateClient(await targetOf(usual)).reset(), {
      message: /^This server keeps what it holds\. Reset and snapshots work on one .* server\.allowReset\.$/,
    });
  });
});

describe("a Databricks account", { timeout: TIMEOUT_MS }, () => {
  it("keeps its administrators and their tokens, and goes back with all else", async (context) => {
    const { server, state } = await fixture(context);
    const admin = await readAdminEnv(server.dataDir);
    const call = async (method: "GET" | "POST", body?: object) => {
      const path = `/api/2.0/accounts/${admin?.get("DATABRICKS_ACCOUNT_ID")}/credentials`;
      const answer = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${admin?.get("DATABRICKS_TOKEN")}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      assert.ok(answer.ok, `${answer.status}`);
      return answer.json();
    };
    const create = (name: string) =>
      call("POST", {
        credentials_name: name,
        aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
      });
    await create("saved");
    const saved = await call("GET");
    await state.saveSnapshot("base");
    await state.reset();
    assert.deepEqual(await call("GET"), []);
    await create("saved");
    await create("later");
    await state.restoreSnapshot("base");
    assert.deepEqual(await call("GET"), saved);
  });
});

describe("a snapshot", { timeout: TIMEOUT_MS }, () => {
  it("is refused while a run is active, and brings back what it holds as often as it is asked", async (context) => {
    const { server, state, object, held } = await fixture(context);
    const cluster = await server.createCluster("saved");
    const script = `until [ -f ${signal(server)} ]; do sleep 0.05; done; echo hello`;
    const run = await server.startRun(cluster, script, "token");
    await assert.rejects(state.saveSnapshot("base"), {
      message: `A snapshot cannot hold running drivers: 1 job run has not ended (${run.id}). Wait for the end, or cancel.`,
    });
    await writeFile(signal(server), "");
    const described = await server.runReaches(cluster, run.id, "COMPLETED");
    await object("saved");
    const saved = await state.saveSnapshot("base");
    const before = await held();
    assert.deepEqual(await state.listSnapshots(), [saved]);

    for (let turn = 0; turn < 2; turn += 1) {
      await server.createCluster("later");
      await server.startRun(cluster, "sleep 600", `later ${turn}`);
      await object("later");
      await writeFile(join(server.dataDir, "buckets", "b", "saved"), "changed");
      await state.restoreSnapshot("base");
      assert.deepEqual(await held(), before);
      assert.deepEqual(await server.describeRun(cluster, run.id), described);
      assert.equal(await readFile(join(server.dataDir, "buckets", "b", "saved"), "utf8"), "saved");
      // The token stands for the saved run, and the run's output is there.
      assert.equal((await server.startRun(cluster, script, "token")).id, run.id);
      const logs = await firesteel(["emr", "logs", run.id, "--data-dir", server.dataDir]);
      assert.match(logs.stdout, /hello/, logs.stderr);
    }
    await assert.rejects(state.restoreSnapshot("other"), {
      message: "No snapshot is named other. There is base.",
    });
    await state.deleteSnapshot("base");
    assert.deepEqual(await state.listSnapshots(), []);
  });

  it("is restored wholly, not at all, or by the next start, when the server is killed", async (context) => {
    const dataDir = join(await temporaryDirectory(context), "data");
    const start = () => startServerProcess(dataDir, { FIRESTEEL_SERVER_ALLOW_RESET: "true" });
    let server = await start();
    context.after(() => server.endWithApplications());
    const bucket = join(dataDir, "buckets", "b");
    const emr = async () => new EmrClient(await targetOf(server));
    const put = (text: string) =>
      Promise.all(Array.from({ length: 100 }, (_, index) => writeFile(join(bucket, `o${index}`), text)));
    const cluster = async (name: string) =>
      (await emr()).createVirtualCluster({ name, eksClusterId: "eks", namespace: name });
    await mkdir(bucket, { recursive: true });
    await put("saved");
    await cluster("saved");
    await new StateClient(await targetOf(server)).saveSnapshot("base");

    const outcomes = new Set<string>();
    for (const afterMs of [5, 20, 35, 50]) {
      await put("later");
      await cluster("later");
      const answer = new StateClient(await targetOf(server)).restoreSnapshot("base").catch(() => null);
      // When the kill comes is the case: there is nothing to wait for.
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await server.kill();
      await answer;
      server = await start();
      const names = (await Array.fromAsync((await emr()).listVirtualClusters())).map(({ name }) => name);
      const files = (await readdir(bucket)).map((name) => readFile(join(bucket, name), "utf8"));
      const outcome = `${names.sort()}: ${[...new Set(await Promise.all(files))]} of ${files.length}`;
      assert.ok(["later,saved: later of 100", "saved: saved of 100"].includes(outcome), outcome);
      outcomes.add(outcome);
      await new StateClient(await targetOf(server)).restoreSnapshot("base");
    }
    context.diagnostic(`${[...outcomes].join("; ")}`);
    assert.deepEqual(
      (await readdir(dataDir)).filter((name) => name.startsWith(".")),
      [],
    );
  });
});
