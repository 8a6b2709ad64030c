import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fakeRuntime } from "../../../test/support/fake-runtime.ts";
import { launchRequest } from "../../../test/support/launch-request.ts";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import type { ApplicationSpec } from "../../core/application/spec.ts";
import { applicationId } from "../../core/ids.ts";
import { LaunchError } from "../../core/ports/engine.ts";
import { resolveResources } from "./resources.ts";

async function machine(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const environment = join(directory, "python");
  const runtime = { ...(await fakeRuntime(directory)), python: join(environment, "bin", "python") };
  // As runtimes are: a Spark home of links into the package.
  await mkdir(join(environment, "pyspark", "examples"), { recursive: true });
  await writeFile(join(environment, "pyspark", "examples", "pi.py"), "");
  await symlink("../python/pyspark/examples", join(runtime.sparkHome, "examples"));
  const root = join(directory, "shared");
  await mkdir(root);
  await writeFile(join(root, "job.py"), "");
  await writeFile(join(root, "a b.py"), "");
  await writeFile(join(directory, "secret.py"), "");
  await symlink(join(directory, "secret.py"), join(root, "link.py"));
  await symlink(join(directory, "secret.py"), join(runtime.sparkHome, "link.py"));
  const resolve = (spec: Partial<ApplicationSpec<"spark-submit">>) =>
    resolveResources(launchRequest(applicationId("run-1"), { entryPoint: "s3://b/job.py", ...spec }).spec, {
      runtime,
      fileRoots: [root],
    });
  return { directory, runtime, root, resolve };
}

test("addresses of this machine become paths, others stay as they are", async (context) => {
  const { runtime, root, resolve } = await machine(context);
  const program = join(runtime.sparkHome, "program.jar");
  const home = "local:///usr/lib/spark";
  for (const [entryPoint, expected] of [
    ["s3://b/x y.py", "s3://b/x y.py"],
    ["s3a://b/k", "s3a://b/k"],
    [`${home}/program.jar`, program],
    ["local:/usr/lib/spark/program.jar", program],
    [`${home}/examples/pi.py`, join(runtime.sparkHome, "examples", "pi.py")],
    [`file://${root}/job.py`, join(root, "job.py")],
    [`local://${root}/job.py`, join(root, "job.py")],
    [`file:${root}/a%20b.py`, join(root, "a b.py")],
  ] as const) {
    assert.equal((await resolve({ entryPoint })).entryPoint, expected);
  }
});

test("lists and search paths are resolved in options and properties", async (context) => {
  const { runtime, root, resolve } = await machine(context);
  const program = join(runtime.sparkHome, "program.jar");
  const spec = await resolve({
    options: [
      "--jars",
      "local:///usr/lib/spark/program.jar, s3://b/x.jar",
      `--files=file://${root}/job.py#renamed.py`,
      "--driver-class-path",
      "/usr/lib/spark/jars/*:/usr/lib/hadoop/*:local:///usr/lib/spark",
      "--conf",
      "spark.submit.pyFiles=local:///usr/lib/spark/program.jar",
      "--conf",
      "spark.x=/usr/lib/spark",
    ],
    configuration: {
      "spark-defaults": { "spark.jars": "local:///usr/lib/spark/program.jar", "spark.y": "file:///z" },
    },
  });
  assert.deepEqual(spec.options, [
    "--jars",
    `${program},s3://b/x.jar`,
    "--files",
    `${root}/job.py#renamed.py`,
    "--driver-class-path",
    `${runtime.sparkHome}/jars/*:/usr/lib/hadoop/*:${runtime.sparkHome}`,
    "--conf",
    `spark.submit.pyFiles=${program}`,
    "--conf",
    "spark.x=/usr/lib/spark",
  ]);
  assert.deepEqual(spec.configuration["spark-defaults"], { "spark.jars": program, "spark.y": "file:///z" });
});

test("a properties file stands in for spark-defaults", async (context) => {
  const { root, resolve } = await machine(context);
  await writeFile(join(root, "my.conf"), "spark.a 1\nspark.b=2\n");
  const spec = await resolve({
    options: ["--properties-file", `file://${root}/my.conf`, "--name", "n"],
    configuration: { "spark-defaults": { "spark.c": "3" } },
  });
  assert.deepEqual(spec.options, ["--name", "n"]);
  assert.deepEqual(spec.configuration["spark-defaults"], { "spark.a": "1", "spark.b": "2" });
  assert.equal(spec.notes, undefined);
});

test("what a properties file says too late is told", async (context) => {
  const { root, resolve } = await machine(context);
  const address = `file://${root}/my.conf`;
  const keys = ["spark.driver.memory", "spark.executor.instances", "spark.eventLog.rotation.enabled"];
  await writeFile(join(root, "my.conf"), ["spark.a", ...keys].map((key) => `${key} 1\n`).join(""));
  const { notes } = await resolve({ options: ["--properties-file", address], notes: ["said before"] });
  assert.deepEqual(notes, [
    "said before",
    `--properties-file ${address}: no effect here: ${keys.join(", ")}: what a run gets is decided before its files are read; give them by --conf or in spark-defaults`,
  ]);
});

test("what may not be read is refused by name", async (context) => {
  const { directory, root, resolve } = await machine(context);
  for (const [entryPoint, message] of [
    ["job.py", /has no scheme/],
    ["file://host/x", /names another host/],
    [
      "file:///etc/passwd",
      /is not allowed: only .*shared and what is below are open to jobs \(setting engine\.fileRoots\)/,
    ],
    [`file://${root}/../secret.py`, /is not allowed/],
    [`file://${root}/link.py`, /is not allowed/],
    [`file://${root}x/job.py`, /is not allowed/],
    [`${directory}/secret.py`, /is not allowed/],
    [`file://${root}/missing.py`, /there is no such file/],
    ["local:///usr/lib/spark/link.py", /leads out of the runtime fake/],
    ["local:///usr/lib/spark/missing.jar", /the runtime fake has no such file/],
    ["local:///usr/lib/spark/../../etc/passwd", /is not allowed/],
    ["local:///opt/x.jar", /is not allowed/],
  ] as const) {
    await assert.rejects(resolve({ entryPoint }), (error) => {
      assert.ok(error instanceof LaunchError);
      assert.match(error.message, message);
      return true;
    });
  }
});
