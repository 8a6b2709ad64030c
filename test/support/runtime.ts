import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { createEnvironment, installPackages, relocateScripts } from "../../src/runtimes/environment.ts";
import { installOnce } from "../../src/runtimes/install-once.ts";
import { LocalRuntimes } from "../../src/runtimes/local-runtimes.ts";
import { findPythons } from "../../src/runtimes/python.ts";

/** Shared by every test and by the runs of a user, so that packages are installed once on a machine. */
export const cacheDirectory =
  process.env.FIRESTEEL_CACHE_DIR ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "firesteel");

export const runtimesDirectory = join(cacheDirectory, "runtimes");
export const javaHelpers = join(import.meta.dirname, "../../drivers/java/dist");
export const samplesDirectory = join(import.meta.dirname, "../../drivers/samples");

/** The runtimes of this machine, with those of the shared cache. */
export function localRuntimes(): LocalRuntimes {
  return new LocalRuntimes({
    runtimesDirectory,
    examplesJar: join(javaHelpers, "spark-examples.jar"),
    environment: process.env,
    python: process.env.FIRESTEEL_RUNTIMES_PYTHON ?? null,
    javaHome: process.env.FIRESTEEL_RUNTIMES_JAVA_HOME ?? null,
    autoInstall: false,
    substitute: "python",
    clock: Date,
  });
}

/** Spark 3.5, installed into the shared cache where it is not there yet (minutes), also when several tests ask at once. */
export function sparkRuntime(): Promise<InstalledRuntime> {
  return localRuntimes().install({ sparkVersion: "3.5", javaVersion: null });
}

/**
 * A Python with these packages (pinned, such as `boto3==1.40.0`) in an environment of the shared cache; made where it is
 * not there yet. Start what they bring as modules (`-m awscli`).
 */
export async function testPython(packages: string[]): Promise<string> {
  const [python] = await findPythons(process.env.FIRESTEEL_RUNTIMES_PYTHON ?? null, process.env);
  if (python === undefined) throw new Error("these tests need a Python 3");
  const identity = JSON.stringify([python.version, [...packages].sort()]);
  const name = `python-${createHash("sha256").update(identity).digest("hex").slice(0, 12)}`;
  return installOnce({
    directory: join(cacheDirectory, "test-environments"),
    name,
    load: async (path) => (existsSync(join(path, "bin", "python")) ? join(path, "bin", "python") : null),
    onProgress: () => undefined,
    build: async (partial, target) => {
      const context = { environment: process.env, onProgress: () => undefined };
      const interpreter = await createEnvironment(partial, python, context);
      await installPackages(interpreter, packages, context);
      await relocateScripts(partial, target);
    },
  });
}
