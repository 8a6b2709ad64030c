import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { needsCloudpickle, packagesOf, type SparkRelease } from "./catalogue.ts";
import { renewCloudpickle } from "./cloudpickle.ts";
import { runCommand } from "./command.ts";
import { createEnvironment, type InstallContext, installPackages, relocateScripts } from "./environment.ts";
import { installOnce } from "./install-once.ts";
import { isExecutable, type Python } from "./python.ts";

/** A Spark distribution without a Java. */
export interface SparkRuntime {
  readonly name: string;
  readonly sparkVersion: string;
  readonly sparkHome: string;
  readonly python: string;
}

/** `runtime.json` of a runtime's directory. */
interface RuntimeRecord {
  readonly formatVersion: 1;
  readonly sparkVersion: string;
  readonly pythonVersion: string;
  /** Whether this Spark on this Python is among what was tried (see the catalogue). */
  readonly tried: boolean;
}

const RECORD = "runtime.json";
const ENVIRONMENT = "python";
const SPARK_HOME = "spark-home";
/** What the pyspark package has of a Spark home; older versions have not all of it. */
const LINKED = ["RELEASE", "bin", "data", "examples/src/main/python", "jars", "licenses", "python", "sbin"];

export function runtimeName(release: SparkRelease): string {
  return `spark-${release.version}`;
}

/** The runtime in a directory; null where there is none, or its Python is gone. */
export async function loadSparkRuntime(
  directory: string,
  release: SparkRelease,
): Promise<SparkRuntime | null> {
  const text = await readFile(join(directory, RECORD), "utf8").catch(unlessMissing);
  if (text === null) return null;
  // Written by installSparkRuntime below; the version says whether this code knows it.
  const record = JSON.parse(text) as RuntimeRecord;
  const python = join(directory, ENVIRONMENT, "bin", "python");
  if (record.formatVersion !== 1 || !isExecutable(python)) return null;
  return {
    name: runtimeName(release),
    sparkVersion: record.sparkVersion,
    sparkHome: join(directory, SPARK_HOME),
    python,
  };
}

/** Installs a release into `runtimesDirectory`, or answers the one that is there. */
export function installSparkRuntime(
  runtimesDirectory: string,
  release: SparkRelease,
  python: Python,
  examplesJar: string,
  context: InstallContext,
): Promise<SparkRuntime> {
  return installOnce({
    directory: runtimesDirectory,
    name: runtimeName(release),
    load: (path) => loadSparkRuntime(path, release),
    onProgress: context.onProgress,
    signal: context.signal,
    build: async (partial, target) => {
      const environment = join(partial, ENVIRONMENT);
      const interpreter = await createEnvironment(environment, python, context);
      await installPackages(interpreter, packagesOf(release, python.minor), context);
      const packages = await sitePackages(interpreter, context);
      if (needsCloudpickle(release, python.minor)) {
        await renewCloudpickle(interpreter, join(packages, "pyspark"), context);
      }
      await createSparkHome(join(partial, SPARK_HOME), join(packages, "pyspark"), examplesJar);
      await relocateScripts(environment, join(target, ENVIRONMENT));
      const record: RuntimeRecord = {
        formatVersion: 1,
        sparkVersion: release.version,
        pythonVersion: python.version,
        tried: release.triedPythons.includes(python.minor),
      };
      await writeFile(join(partial, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    },
  });
}

/**
 * A Spark home as it stands at /usr/lib/spark of EMR's image, so that `local:///usr/lib/spark/…` resolves: links to what
 * the package has, which stay true when the whole is moved, and our examples jar, which no registry has.
 */
async function createSparkHome(home: string, pyspark: string, examplesJar: string): Promise<void> {
  for (const name of LINKED) {
    const source = join(pyspark, name);
    if ((await stat(source).catch(unlessMissing)) === null) continue;
    const link = join(home, name);
    await mkdir(join(link, ".."), { recursive: true });
    await symlink(relative(join(link, ".."), source), link);
  }
  await mkdir(join(home, "examples", "jars"), { recursive: true });
  await copyFile(examplesJar, examplesJarOf(home));
}

function examplesJarOf(sparkHome: string): string {
  return join(sparkHome, "examples", "jars", "spark-examples.jar");
}

/** Gives a runtime that an older release of ours installed the present examples. */
export async function refreshExamples({ sparkHome }: SparkRuntime, examplesJar: string): Promise<void> {
  const target = examplesJarOf(sparkHome);
  const [present, wanted] = await Promise.all([readFile(target).catch(unlessMissing), readFile(examplesJar)]);
  if (present !== null && wanted.equals(present)) return;
  // Of its own: several may find the old ones at the same time.
  const partial = `${target}.${randomUUID()}`;
  try {
    await writeFile(partial, wanted);
    await rename(partial, target);
  } catch (error) {
    // A cache that belongs to somebody else keeps the examples it has: they run, too.
    if (!isErrno(error, "EACCES", "EROFS", "EPERM")) throw error;
  }
}

function sitePackages(interpreter: string, context: InstallContext): Promise<string> {
  return runCommand(
    interpreter,
    ["-I", "-c", 'import sysconfig; print(sysconfig.get_path("purelib"))'],
    context,
  );
}

function unlessMissing(error: unknown): null {
  if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
  throw error;
}

function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
