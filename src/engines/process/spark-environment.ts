import { dirname, join } from "node:path";
import { LaunchError, type LaunchRequest } from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import type { Properties } from "./properties-file.ts";
import { runPaths } from "./run-paths.ts";

export interface EnvironmentInput {
  readonly request: LaunchRequest;
  readonly runtime: InstalledRuntime;
  readonly runDirectory: string;
  /** The server's data directory. */
  readonly instance: string;
  /** Name of the user that the driver runs as. */
  readonly user: string;
  /** Variables handed on by the server, such as proxies. */
  readonly passEnvironment: Readonly<Record<string, string>>;
  /** Spark properties in effect. */
  readonly properties: Properties;
  readonly platform: NodeJS.Platform;
}

/** Variables that the JVM reads options from by itself: they would change the heap that was granted. */
const JVM_OPTION_VARIABLES = ["_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"];

const DRIVER_ENV_PREFIX = "spark.kubernetes.driverEnv.";

/**
 * The driver's whole environment, made from nothing. The user's `spark-env` comes last, except for the variables that
 * say which program runs for whom; a line in `notes` tells of each that was not taken.
 * Throws {@link LaunchError} for a variable that no environment can hold.
 */
export function buildEnvironment(input: EnvironmentInput): { env: Record<string, string>; notes: string[] } {
  const { request, runtime, properties } = input;
  const paths = runPaths(input.runDirectory);
  const given = {
    ...byPrefix(properties, DRIVER_ENV_PREFIX),
    ...request.spec.configuration["spark-env"],
  };
  for (const [name, value] of Object.entries(given)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || value.includes("\0")) {
      throw new LaunchError(`spark-env: '${name}' cannot be an environment variable.`);
    }
    if (JVM_OPTION_VARIABLES.includes(name)) {
      throw new LaunchError(
        `spark-env: ${name} is not supported: use spark.driver.extraJavaOptions, and spark.driver.memory for the heap.`,
      );
    }
  }
  const held: Record<string, string> = {
    FIRESTEEL_INSTANCE: input.instance,
    FIRESTEEL_APPLICATION: request.ownerId,
    FIRESTEEL_ATTEMPT: request.tag,
    JAVA_HOME: runtime.javaHome,
    SPARK_HOME: runtime.sparkHome,
    SPARK_CONF_DIR: paths.configuration,
  };
  const env: Record<string, string> = {
    PATH: [dirname(runtime.python), join(runtime.javaHome, "bin"), "/usr/bin", "/bin"].join(":"),
    LANG: "C.UTF-8",
    HOME: paths.home,
    TMPDIR: paths.temporary,
    USER: input.user,
    SPARK_USER: input.user,
    HADOOP_CONF_DIR: paths.configuration,
    AWS_REGION: request.region,
    AWS_DEFAULT_REGION: request.region,
    // The driver's ports are for itself: on any other address the network could reach them without a credential.
    SPARK_LOCAL_IP: "127.0.0.1",
    // As bin/spark-submit sets it, so that driver and workers hash strings alike.
    PYTHONHASHSEED: "0",
    // The driver's Python follows this one too, so that a user's choice never leaves the two apart.
    PYSPARK_PYTHON: runtime.python,
    ...input.passEnvironment,
    ...given,
    ...held,
  };
  const library = input.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  const libraryPath = [env[library], properties["spark.driver.extraLibraryPath"]].filter(Boolean).join(":");
  if (libraryPath !== "") env[library] = libraryPath;
  const notes = Object.keys(given)
    .filter((name) => name in held)
    .map((name) => `spark-env: ${name} is left out: the runtime decides it`);
  return { env, notes };
}

function byPrefix(properties: Properties, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}
