import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shellDrivers } from "../harness/drivers.ts";
import { type Hit, KillMatrix } from "../harness/kill-matrix.ts";
import { KillableServer } from "../harness/killable-server.ts";
import { type MatrixRun, WINDOW_CASES } from "../harness/window-cases.ts";
import { fakeRuntime } from "../support/fake-runtime.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";

const HITS = 5;
const TIMEOUT_MS = 120_000;

let directory: { path: string; remove(): Promise<void> };
let matrix: KillMatrix;
/** Its driver lives through every kill. */
let bystander: MatrixRun;
const hits: Hit[] = [];

before(async () => {
  directory = await makeTemporaryDirectory();
  const server = new KillableServer({
    directory: directory.path,
    settings: { "logs.uploadIntervalSeconds": "0.1", "engine.killGraceSeconds": "5" },
    shellRuntime: await fakeRuntime(directory.path),
  });
  matrix = new KillMatrix(server, shellDrivers, TIMEOUT_MS);
  await matrix.start();
  bystander = await matrix.startRun("COMPLETED");
  await matrix.reaches(bystander, "RUNNING");
});

after(async () => {
  await matrix.server.endWithApplications();
  await directory.remove();
});

for (const windowCase of WINDOW_CASES) {
  test(`SIGKILL ${windowCase.name}, ${HITS} times: nothing is lost and nothing starts twice`, async () => {
    for (let hit = 0; hit < HITS; hit += 1) hits.push(await matrix.hit(windowCase));
  });
}

test("a driver that lived through every kill ends as if nothing had been, and all that is stored is true", async () => {
  assert.equal(hits.length, WINDOW_CASES.length * HITS);
  await matrix.letGo(bystander);
  await matrix.reaches(bystander, "COMPLETED");
  assert.equal(await matrix.server.stop(), 0);
  await matrix.verify();
});
