import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sparkDrivers } from "../harness/drivers.ts";
import { KillMatrix } from "../harness/kill-matrix.ts";
import { KillableServer } from "../harness/killable-server.ts";
import { WINDOW_CASES } from "../harness/window-cases.ts";
import { cacheDirectory, sparkRuntime } from "../support/runtime.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";

const TIMEOUT_MS = 240_000;

let directory: { path: string; remove(): Promise<void> };
let matrix: KillMatrix;

before(async () => {
  await sparkRuntime();
  directory = await makeTemporaryDirectory();
  const server = new KillableServer({
    directory: directory.path,
    settings: {
      cacheDir: cacheDirectory,
      "logs.uploadIntervalSeconds": "0.1",
      "engine.killGraceSeconds": "20",
    },
    shellRuntime: null,
  });
  matrix = new KillMatrix(server, sparkDrivers, TIMEOUT_MS);
  await matrix.start();
});

after(async () => {
  await matrix.server.endWithApplications();
  await directory.remove();
});

for (const windowCase of WINDOW_CASES) {
  test(`SIGKILL ${windowCase.name}, with Spark: nothing is lost and nothing starts twice`, async () => {
    await matrix.hit(windowCase);
  });
}

test("after all kills everything that is stored of Spark's runs is true", async () => {
  assert.equal(await matrix.server.stop(), 0);
  await matrix.verify();
});
