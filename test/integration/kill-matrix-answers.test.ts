import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { shellDrivers } from "../harness/drivers.ts";
import { KillableServer } from "../harness/killable-server.ts";
import { fakeRuntime } from "../support/fake-runtime.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 120_000;

let directory: { path: string; remove(): Promise<void> };
let server: KillableServer;
let cluster: string;

before(async () => {
  directory = await makeTemporaryDirectory();
  server = new KillableServer({
    directory: directory.path,
    settings: { "engine.killGraceSeconds": "5" },
    shellRuntime: await fakeRuntime(directory.path),
  });
  await server.start();
  const { body } = await server.call("POST", "/virtualclusters", clusterRequest("first"));
  cluster = String(body.id);
});

after(async () => {
  await server.endWithApplications();
  await directory.remove();
});

function clusterRequest(name: string) {
  const containerProvider = { type: "EKS", id: "eks", info: { eksInfo: { namespace: name } } };
  return { name, clientToken: `token of ${name}`, containerProvider };
}

function runRequest(name: string) {
  return {
    name,
    clientToken: `token of ${name}`,
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: shellDrivers.jobDriver(name),
  };
}

const named = (rows: unknown, name: string) =>
  (rows as { name: string; id: string }[]).filter((row) => row.name === name); // the lists' rows have both

/** How the answer is lost once the request is committed. */
const losses: Readonly<Record<string, (cut: AbortController) => Promise<unknown>>> = {
  "the connection is cut": async (cut) => {
    cut.abort();
    await server.windows.open();
  },
  "the server is killed": async () => {
    await server.kill();
    await server.windows.open();
    await server.start();
  },
};

/** Sends a request whose answer is lost, and the same again; answers the second one's id. */
async function sendTwice(path: string, request: object, lose: (cut: AbortController) => Promise<unknown>) {
  await server.windows.hold("before-answer");
  const cut = new AbortController();
  const lost = assert.rejects(server.call("POST", path, request, cut.signal));
  await server.windows.reached("before-answer", TIMEOUT_MS);
  await lose(cut);
  await lost;
  const { status, body } = await server.call("POST", path, request);
  assert.equal(status, 200, JSON.stringify(body));
  return String(body.id);
}

for (const [what, lose] of Object.entries(losses)) {
  test(`CreateVirtualCluster: when ${what} after the commit, the request with its token makes no second one`, async () => {
    const name = `cluster-when-${what.replaceAll(" ", "-")}`;
    const id = await sendTwice("/virtualclusters", clusterRequest(name), lose);
    const { body } = await server.call("GET", "/virtualclusters");
    assert.deepEqual(
      named(body.virtualClusters, name).map((row) => row.id),
      [id],
    );
  });

  test(`StartJobRun: when ${what} after the commit, the request with its token starts no second one`, async () => {
    const name = `run-when-${what.replaceAll(" ", "-")}`;
    const path = `/virtualclusters/${cluster}/jobruns`;
    const id = await sendTwice(path, runRequest(name), lose);
    const { body } = await server.call("GET", path);
    assert.deepEqual(
      named(body.jobRuns, name).map((row) => row.id),
      [id],
    );
    await shellDrivers.letGo(server.dataDir, name, await started(id));
    await waitFor(`run ${id} to be COMPLETED`, TIMEOUT_MS, async () => {
      const run = await server.call("GET", `${path}/${id}`);
      return Object(run.body.jobRun).state === "COMPLETED";
    });
    const submitter = await readFile(join(server.dataDir, "runs", id, "submitter.stdout"), "utf8");
    assert.equal(submitter.match(/driver started/g)?.length, 1, submitter);
  });
}

test("SIGTERM lets a request in flight have its answer, exits with 0, and drivers go on", async () => {
  const path = `/virtualclusters/${cluster}/jobruns`;
  const { body: first } = await server.call("POST", path, runRequest("goes-on"));
  const id = await started(String(first.id));
  await server.windows.hold("before-answer");
  const answer = server.call("POST", path, runRequest("in-flight"));
  await server.windows.reached("before-answer", TIMEOUT_MS);
  const stopped = server.stop();
  await waitFor("the server to take no more connections", TIMEOUT_MS, () =>
    server.call("GET", path).then(
      () => false,
      () => true,
    ),
  );
  await server.windows.open();
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(await stopped, 0);
  process.kill(await driverPid(id), 0);

  await server.start();
  for (const [name, run] of [
    ["goes-on", id],
    ["in-flight", await started(String(body.id))],
  ] as const) {
    await shellDrivers.letGo(server.dataDir, name, run);
    await waitFor(`run '${name}' to be COMPLETED`, TIMEOUT_MS, async () => {
      const described = await server.call("GET", `${path}/${run}`);
      return Object(described.body.jobRun).state === "COMPLETED";
    });
  }
});

/** Waits until the driver of a run is there; answers the run. */
async function started(run: string): Promise<string> {
  await waitFor(`the driver of ${run} to start`, TIMEOUT_MS, () => driverPid(run).catch(() => null));
  return run;
}

async function driverPid(run: string): Promise<number> {
  const text = await readFile(join(server.dataDir, "runs", run, "started.json"), "utf8");
  return Number(Object(JSON.parse(text)).driverPid);
}
