import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const execute = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const BUCKET = "labels";
const CLIENTS = ["boto3==1.44.5"];
/** Spark 3.4 is installed by the server where it is not there yet. */
const TIMEOUT_MS = 900_000;

const REFUSED = [
  ["ResourceNotFoundException", "Release emr-7.7.0-20250132 doesn't exist."],
  ["ResourceNotFoundException", "Release emr-5.31.0-latest doesn't exist."],
  ["ResourceNotFoundException", "Release emr-6.1.0-latest doesn't exist."],
  [
    "ValidationException",
    "Release emr-7.7.0-flink-latest cannot be used: it runs Flink applications; emr-7.7.0-latest runs Spark jobs.",
  ],
  [
    "ValidationException",
    "Release emr-6.9.0-spark-rapids-latest cannot be used: it needs GPUs, which this engine has not; emr-6.9.0-latest runs the same Spark without.",
  ],
  [
    "ValidationException",
    "Release livy/emr-7.7.0-java11-latest cannot be used: it is the image of a Livy server; emr-7.7.0-java11-latest runs jobs.",
  ],
  [
    "ValidationException",
    "Release notebook-spark/emr-6.9.0-latest cannot be used: it is the image of notebooks, for managed endpoints; emr-6.9.0-latest runs jobs.",
  ],
];

before(async () => void (await Promise.all([sparkRuntime(), testPython(CLIENTS)])));

test("one server runs two Sparks side by side, each on a Java that it supports", {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const python = await testPython(CLIENTS);
  const directory = await temporaryDirectory(context);
  const bucket = join(directory, "data", "buckets", BUCKET);
  await mkdir(bucket, { recursive: true });
  await cp(join(HERE, "job.py"), join(bucket, "job.py"));
  const server = await startServerProcess(join(directory, "data"));
  context.after(() => server.endWithApplications());

  const { stdout } = await execute(python, [join(HERE, "script.py")], {
    cwd: directory,
    env: {
      HOME: directory,
      AWS_EC2_METADATA_DISABLED: "true",
      TEST_BUCKET: BUCKET,
      ...server.clientEnvironment,
    },
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(`script.py failed:\n${error.stdout}\n${error.stderr}\nserver:\n${server.output()}`);
  });
  const lines = stdout.trim().split("\n");
  const runs = lines.slice(0, 2).map((line) => line.split(" "));

  assert.deepEqual(
    runs.map(([, name, label, state]) => [name, label, state]),
    [
      ["new", "emr-7.7.0-latest", "COMPLETED"],
      ["old", "emr-6.15.0-latest", "COMPLETED"],
    ],
    stdout,
  );
  assert.deepEqual(
    lines.slice(2),
    REFUSED.map(
      ([code, message]) => `An error occurred (${code}) when calling the StartJobRun operation: ${message}`,
    ),
  );

  const printed = await Promise.all(runs.map(([run = ""]) => driverOutput(bucket, run)));
  const [recent, older] = printed.map((text) => text.trim().split("\n"));
  // Neither ends before the other has begun.
  assert.match(recent?.[0] ?? "", /^spark 3\.5\.\d+ java (8|11|17)$/);
  assert.deepEqual(recent?.slice(1), ["counted 4", "met old"]);
  assert.match(older?.[0] ?? "", /^spark 3\.4\.\d+ java (8|11|17)$/);
  assert.deepEqual(older?.slice(1), ["counted 4", "met new"]);
});

async function driverOutput(bucket: string, run: string): Promise<string> {
  const logs = await readdir(join(bucket, "logs"), { recursive: true });
  const name = logs.find((path) => path.endsWith(`spark-${run}-driver/stdout.gz`));
  if (name === undefined) throw new Error(`no log of ${run} among ${logs.join(", ")}`);
  return gunzipSync(await readFile(join(bucket, "logs", name))).toString();
}
