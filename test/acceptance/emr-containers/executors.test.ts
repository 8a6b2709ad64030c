import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { waitFor } from "../../support/wait-for.ts";

const execute = promisify(execFile);
const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures");
const FIRESTEEL = join(import.meta.dirname, "..", "..", "..", "bin", "firesteel");
const TIMEOUT_MS = 300_000;
const BUCKET = "executors";
const PART = /part (\d) speaks in (\w+)/g;

test("two executors are processes, whose logs are found apart from the driver's and the submitter's (emr-b.md 2.6)", async (context) => {
  await sparkRuntime();
  const python = await testPython(["boto3==1.44.5", "awscli==1.46.3"]);
  const directory = await temporaryDirectory(context);
  const dataDir = join(directory, "data");
  const server = await startServerProcess(dataDir, {
    FIRESTEEL_ENGINE_PROCESS_EXECUTORS: "separate",
    // What two executors of half a GiB and their driver need, whatever this machine has.
    FIRESTEEL_ENGINE_PROCESS_CORES: "2",
    FIRESTEEL_ENGINE_PROCESS_MEMORY_BUDGET: "4g",
  });
  context.after(() => server.endWithApplications());
  const code = join(dataDir, "buckets", BUCKET, "code");
  await mkdir(code, { recursive: true });
  await cp(join(FIXTURES, "speaks.py"), join(code, "speaks.py"));
  // Its executors live until they have been listed.
  const go = join(dataDir, "buckets", BUCKET, "go");
  const script = execute(python, [join(import.meta.dirname, "boto3-executors", "script.py")], {
    env: {
      HOME: directory,
      PATH: "/usr/bin:/bin",
      AWS_EC2_METADATA_DISABLED: "true",
      TEST_BUCKET: BUCKET,
      TEST_GO: go,
      ...server.clientEnvironment,
    },
  });
  const roles = await waitFor("the executors to be listed", TIMEOUT_MS, async () => {
    const { stdout } = await execute(FIRESTEEL, ["ps", "--data-dir", dataDir, "-o", "json"]);
    // What `ps` prints: src/cli/host.ts.
    const listed = (JSON.parse(stdout) as { role: string }[]).map(({ role }) => role).sort();
    return listed.filter((role) => role === "executor").length === 2 ? listed : null;
  });
  assert.deepEqual(roles, ["driver", "executor", "executor", "supervisor"]);
  await writeFile(go, "");
  const [cluster = "", run = "", state, details = ""] = (await script).stdout.trimEnd().split("\n");
  assert.equal(state, "COMPLETED", details);
  assert.match(details, /^JobRun completed successfully\. It ran for \d+ Seconds$/);

  const containers = join(dataDir, "buckets", BUCKET, "logs", cluster, "jobs", run, "containers");
  const submitter = (await readdir(containers)).find((name) => name.startsWith(`${run}-`)) ?? "";
  const application = (await readdir(containers)).find((name) => name.startsWith("spark-")) ?? "";
  assert.match(submitter, new RegExp(`^${run}-[a-z0-9]{5}$`));
  const pods = (await readdir(join(containers, application))).sort();
  const executors = pods.filter((name) => /^speaks-py-[0-9a-f]{16}-exec-[12]$/.test(name));
  assert.deepEqual(pods, [`spark-${run}-driver`, ...executors]);
  assert.equal(executors.length, 2);

  const driver = join(containers, application, `spark-${run}-driver`);
  assert.equal(await text(driver, "stdout"), `driver of ${application}\nsum 6\n`);
  assert.doesNotMatch(await text(driver, "stderr"), PART);
  assert.match(await text(join(containers, submitter), "stdout"), /executor 2 started, process \d+/);
  const heard: string[] = [];
  for (const pod of executors) {
    const spoken = [...(await text(join(containers, application, pod), "stderr")).matchAll(PART)];
    assert.ok(spoken.length > 0, `${pod} has said nothing`);
    for (const [, part = "", owner] of spoken) {
      assert.equal(owner, run);
      heard.push(part);
    }
    // CloudWatch has the same, in one stream.
    const stream = join(
      dataDir,
      "logs",
      "jobs",
      "demo",
      cluster,
      "jobs",
      run,
      "containers",
      application,
      pod,
    );
    assert.equal(
      await readFile(join(stream, "stderr"), "utf8"),
      await text(join(containers, application, pod), "stderr"),
    );
  }
  assert.deepEqual(heard.sort(), ["0", "1", "2", "3"]);
  // The driver's Spark log is longer than a file of it may be.
  assert.ok((await readdir(driver)).some((name) => /^stderr_\d{8}_0\.gz$/.test(name)));
  const logs = await readdir(join(dataDir, "runs", run, "event-logs"));
  assert.deepEqual(logs, [`eventlog_v2_${application}`]);

  const { stdout } = await execute(FIRESTEEL, [
    ...["emr", "logs", run, "--container", "executor-1", "--stream", "stderr", "--data-dir", dataDir],
  ]);
  assert.match(stdout, /CoarseGrainedExecutorBackend/);
});

/** A stream of a pod: its rotated objects in their order, and the current one. */
async function text(pod: string, stream: string): Promise<string> {
  const names = (await readdir(pod)).filter((name) => name.startsWith(stream));
  const indexOf = (name: string) => Number(/_(\d+)\.gz$/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
  names.sort((one, other) => (indexOf(one) < indexOf(other) ? -1 : 1));
  const parts = await Promise.all(names.map((name) => readFile(join(pod, name))));
  return parts.map((part) => gunzipSync(part).toString()).join("");
}
