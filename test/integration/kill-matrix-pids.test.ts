import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { shellDrivers } from "../harness/drivers.ts";
import { KillMatrix } from "../harness/kill-matrix.ts";
import { KillableServer } from "../harness/killable-server.ts";
import type { MatrixRun } from "../harness/window-cases.ts";
import { fakeRuntime } from "../support/fake-runtime.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 120_000;

/**
 * A run whose server, supervisor and driver were killed with no record of an end, and whose process ids belong to
 * another process by now, in a process group of its own.
 */
async function runWithForeignPids(context: TestContext, end: "FAILED" | "CANCELLED") {
  const directory = await makeTemporaryDirectory();
  const server = new KillableServer({
    directory: directory.path,
    settings: { "engine.killGraceSeconds": "1" },
    shellRuntime: await fakeRuntime(directory.path),
  });
  const matrix = new KillMatrix(server, shellDrivers, TIMEOUT_MS);
  const foreign = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  context.after(async () => {
    foreign.kill("SIGKILL");
    await server.endWithApplications();
    await directory.remove();
  });
  await matrix.start();
  const run = await matrix.startRun(end);
  await matrix.reaches(run, "RUNNING");
  return { matrix, run, foreign };
}

/** Ends the run's processes without a record and gives their ids to the foreign process. */
async function reuse({ server }: KillMatrix, run: MatrixRun, foreign: ChildProcess): Promise<void> {
  const path = (name: string) => join(server.dataDir, "runs", run.id, name);
  const supervisor = JSON.parse(await readFile(path("supervisor.json"), "utf8"));
  const started = JSON.parse(await readFile(path("started.json"), "utf8"));
  process.kill(supervisor.pid, "SIGKILL");
  for (const pid of [supervisor.pid, started.driverPid])
    await waitFor(`process ${pid} to be gone`, TIMEOUT_MS, async () => !isAlive(pid));
  await writeFile(path("supervisor.json"), JSON.stringify({ ...supervisor, pid: foreign.pid }));
  await writeFile(path("started.json"), JSON.stringify({ ...started, driverPid: foreign.pid }));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a driver whose process ids are another process's is lost, and that process is left alone", async (context) => {
  const { matrix, run, foreign } = await runWithForeignPids(context, "FAILED");
  await matrix.server.kill();
  await reuse(matrix, run, foreign);
  await matrix.server.start();
  await matrix.reaches(run, "FAILED");
  assert.equal(foreign.exitCode ?? foreign.signalCode, null, "the foreign process lives");
});

test("a cancel does not reach a process that has a driver's process ids by now", async (context) => {
  const { matrix, run, foreign } = await runWithForeignPids(context, "CANCELLED");
  await matrix.server.windows.hold("before-kill");
  await matrix.cancel(run);
  await matrix.server.windows.reached("before-kill", TIMEOUT_MS);
  await matrix.server.kill();
  await reuse(matrix, run, foreign);
  await matrix.server.windows.open();
  await matrix.server.start();
  await matrix.reaches(run, "CANCELLED");
  assert.equal(foreign.exitCode ?? foreign.signalCode, null, "the foreign process lives");
  const gone = once(foreign, "exit");
  foreign.kill("SIGKILL");
  assert.deepEqual((await gone)[1], "SIGKILL");
});
