import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { ClassArchives, sharedClassPath } from "../../src/engines/process/class-archive.ts";
import { moduleOptions } from "../../src/engines/process/java-options.ts";
import { javaHelpers } from "./runtime.ts";
import { temporaryDirectory } from "./temporary.ts";

const execute = promisify(execFile);
const TRAINING = join(import.meta.dirname, "../../drivers/class-archive/training.py");

/** Checks that a runtime's archive is made once, and that its JVM takes classes from it. */
export async function checkClassArchive(context: TestContext, installed: InstalledRuntime): Promise<void> {
  const directory = await temporaryDirectory(context);
  // A view of the runtime of this test's own, so that its archive is made anew.
  await mkdir(join(directory, "runtime"));
  const sparkHome = join(directory, "runtime", "spark-home");
  await symlink(installed.sparkHome, sparkHome);
  const helper = join(directory, "helper.jar");
  await cp(join(javaHelpers, "firesteel-hadoop.jar"), helper);
  const runtime = { ...installed, sparkHome };
  const archives = new ClassArchives({
    helperJars: [helper],
    trainingScript: TRAINING,
    delayMs: 2 ** 30,
    onProblem: (message, cause) => assert.fail(`${message}: ${cause}`),
    // Somebody waits for this one.
    priority: constants.priority.PRIORITY_NORMAL,
  });
  context.after(() => archives.close());
  assert.equal(archives.find(runtime), null);
  await Promise.all([archives.build(runtime), archives.build(runtime)]);
  const archive = archives.find(runtime);
  assert.ok(archive?.startsWith(dirname(sparkHome)), "the archive must lie in the runtime's folder");

  const { stdout } = await execute(join(runtime.javaHome, "bin", "java"), [
    "-Xshare:auto",
    `-XX:SharedArchiveFile=${archive}`,
    "-Xlog:class+load:stdout",
    "-cp",
    `${sharedClassPath(runtime, [helper])}:${directory}`,
    ...moduleOptions(runtime.sparkVersion),
    "org.apache.spark.deploy.SparkSubmit",
    "--version",
  ]);
  assert.match(stdout, /org\.apache\.spark\.deploy\.SparkSubmit source: shared objects file \(top\)/);
}
