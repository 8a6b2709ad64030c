import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { KillableServer } from "../harness/killable-server.ts";
import type { Window } from "../harness/windows.ts";
import { fakeRuntime } from "../support/fake-runtime.ts";
import { postgresUnavailable, type RunningPostgres, startPostgres } from "../support/postgres.ts";
import { makeTemporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const TIMEOUT_MS = 120_000;
const KEPT_FILES = 2;
/** Prints numbered lines until it is told to end, then one more. */
const PRINTS = `n=0; while [ ! -e go ]; do
  for i in 1 2 3 4 5 6 7 8 9 10; do n=$((n + 1)); echo "line $n of a driver that goes on and on"; done
  sleep 0.1
done; echo "last after $n"`;

const START = {
  name: "prints",
  clientToken: "token",
  executionRoleArn: "arn:aws:iam::123456789012:role/job",
  releaseLabel: "emr-7.7.0-latest",
  jobDriver: {
    sparkSubmitJobDriver: {
      entryPoint: "local:///usr/lib/spark/program.jar",
      entryPointArguments: [PRINTS],
      sparkSubmitParameters: "--conf spark.driver.memory=512m",
    },
  },
  configurationOverrides: {
    monitoringConfiguration: {
      s3MonitoringConfiguration: { logUri: "s3://logs" },
      cloudWatchMonitoringConfiguration: { logGroupName: "jobs" },
      containerLogRotationConfiguration: { rotationSize: "2KB", maxFilesToKeep: KEPT_FILES },
    },
  },
};

for (const database of ["SQLite", "PostgreSQL"] as const) {
  const skip = database === "PostgreSQL" ? (postgresUnavailable() ?? false) : false;
  describe(`logs that are rotated, ${database}`, { skip }, () => {
    let directory: { path: string; remove(): Promise<void> };
    let postgres: RunningPostgres | null = null;
    let server: KillableServer;

    before(async () => {
      directory = await makeTemporaryDirectory();
      if (database === "PostgreSQL") postgres = await startPostgres();
      server = new KillableServer({
        directory: directory.path,
        settings: {
          "logs.uploadIntervalSeconds": "0.1",
          ...(postgres === null ? {} : { "database.url": await postgres.createDatabase() }),
        },
        shellRuntime: await fakeRuntime(directory.path),
      });
      await server.start();
    });

    after(async () => {
      await server.endWithApplications();
      await postgres?.stop();
      await directory.remove();
    });

    test("lose and double nothing when the server is killed before and after an object gets its name", async () => {
      const eks = { type: "EKS", id: "eks", info: { eksInfo: { namespace: "rotation" } } };
      const cluster = { name: "rotation", clientToken: "rotation", containerProvider: eks };
      const { body: made } = await server.call("POST", "/virtualclusters", cluster);
      const path = `/virtualclusters/${made.id}/jobruns`;
      const { body: started } = await server.call("POST", path, START);
      const run = String(started.id);
      const pod = join(server.dataDir, "buckets", "logs", String(made.id), "jobs", run, "containers");

      for (const window of ["before-move", "after-move", "half-append", "after-append"] satisfies Window[]) {
        const before = (await rotatedObjects(pod)).length;
        await waitFor(
          "another rotated file",
          TIMEOUT_MS,
          async () => (await rotatedObjects(pod)).length > before,
        );
        await server.windows.hold(window);
        await server.windows.reached(window, TIMEOUT_MS);
        await server.kill();
        await server.windows.open();
        await server.start();
      }
      // While somebody takes them away, few files lie on the disk: those that are kept, and what was printed meanwhile.
      const runDirectory = join(server.dataDir, "runs", run);
      await waitFor("the disk to be tidy", TIMEOUT_MS, async () => {
        const pieces = (await readdir(runDirectory)).filter((name) => /^stdout(\.\d+){4}$/.test(name));
        return pieces.length > 0 && pieces.length <= KEPT_FILES + 1;
      });
      await writeFile(join(runDirectory, "work", "go"), "");
      await waitFor("the run to be COMPLETED", TIMEOUT_MS, async () => {
        const { body } = await server.call("GET", `${path}/${run}`);
        const { state, stateDetails } = Object(body.jobRun);
        assert.ok(state !== "FAILED", String(stateDetails));
        return state === "COMPLETED" && assert.match(stateDetails, /Seconds$/) === undefined;
      });

      const delivered = await deliveredText(pod);
      const lines = delivered.trimEnd().split("\n");
      const count = lines.length - 1;
      assert.equal(lines.at(-1), `last after ${count}`);
      for (const [index, line] of lines.slice(0, -1).entries())
        assert.equal(line, `line ${index + 1} of a driver that goes on and on`);
      const driver = join(server.dataDir, "logs", "jobs", String(made.id), "jobs", run, "containers");
      const stream = (await readdir(driver, { recursive: true })).find((name) =>
        name.endsWith("-driver/stdout"),
      );
      assert.equal(await readFile(join(driver, stream ?? ""), "utf8"), delivered);
    });
  });
}

/** The driver's rotated objects, oldest first. */
async function rotatedObjects(pod: string): Promise<string[]> {
  const names = await readdir(pod, { recursive: true }).catch(() => []);
  const indexOf = (name: string) => Number(/-driver\/stdout_\d{8}_(\d+)\.gz$/.exec(name)?.[1] ?? -1);
  return names.filter((name) => indexOf(name) >= 0).sort((one, other) => indexOf(one) - indexOf(other));
}

/** All that the driver's objects hold, in their order; each of the rotated ones is no larger than asked. */
async function deliveredText(pod: string): Promise<string> {
  const rotated = await rotatedObjects(pod);
  const texts: string[] = [];
  for (const [index, name] of rotated.entries()) {
    assert.ok(name.endsWith(`_${index}.gz`), `${name} is number ${index}`);
    const text = gunzipSync(await readFile(join(pod, name))).toString();
    assert.ok(text.length > 0 && text.length <= 2048, `${name} holds ${text.length} bytes`);
    texts.push(text);
  }
  const current = (await readdir(pod, { recursive: true })).find((name) =>
    name.endsWith("-driver/stdout.gz"),
  );
  return texts.join("") + gunzipSync(await readFile(join(pod, current ?? ""))).toString();
}
