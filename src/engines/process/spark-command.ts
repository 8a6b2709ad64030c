import { join } from "node:path";
import type { ApplicationSpec } from "../../core/application/spec.ts";
import { LaunchError, type LaunchRequest } from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { moduleOptions, splitJavaOptions, userJavaOptions } from "./java-options.ts";
import type { Properties } from "./properties-file.ts";
import { redactToken } from "./redact.ts";
import { runPaths } from "./run-paths.ts";
import { type BucketFolders, configurationFiles, holdBuckets } from "./spark-configuration.ts";
import { buildEnvironment } from "./spark-environment.ts";
import { effectiveProperties, formatSubmitOptions, parseSubmitOptions } from "./submit-options.ts";

const MEBIBYTE = 2 ** 20;

export interface SparkCommandSettings {
  /** The server's data directory. */
  readonly instance: string;
  readonly user: string;
  readonly buckets: BucketFolders | null;
  /** Jars of ours that come before Spark's. */
  readonly helperJars: readonly string[];
  readonly passEnvironment: Readonly<Record<string, string>>;
  /** A class data archive made for `<helper jars>:<Spark home>/jars/*`; null where there is none. */
  readonly classArchive: string | null;
  readonly platform: NodeJS.Platform;
}

export interface SparkCommandInput {
  /** Its addresses are resolved (see `resolveResources`). */
  readonly request: LaunchRequest;
  readonly runtime: InstalledRuntime;
  readonly runDirectory: string;
  readonly settings: SparkCommandSettings;
}

export interface SparkCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Contents by path relative to the run's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** What the submitter's log says before the driver starts; without secrets. */
  readonly log: readonly string[];
}

/**
 * The driver as `java … SparkSubmit`, without the launcher's own JVM in front: what
 * `SparkSubmitCommandBuilder.buildSparkSubmitCommand` of Spark 3.5 makes, with our settings in the places that
 * emr-b.md B5 gives them. Throws {@link LaunchError} for settings that can never start.
 */
export function buildSparkCommand(input: SparkCommandInput): SparkCommand {
  const { request, runtime, runDirectory, settings } = input;
  const { grant } = request;
  const held = holdBuckets(
    parseSubmitOptions(request.spec.options),
    request.spec.configuration,
    settings.buckets,
  );
  const spec = { ...request.spec, configuration: held.configuration };
  const properties = effectiveProperties(spec.configuration["spark-defaults"] ?? {}, held.options);
  const { env, notes } = buildEnvironment({ ...settings, request, runtime, runDirectory, properties });

  const master = `local[${grant.granted.cores}]`;
  const heapMebibytes = Math.floor(grant.granted.memoryBytes / MEBIBYTE);
  const userOptions = [
    ...splitJavaOptions(env.SPARK_SUBMIT_OPTS ?? "", "spark-env SPARK_SUBMIT_OPTS"),
    ...userJavaOptions(properties),
  ];
  const submitOptions = formatSubmitOptions(held.options);
  const argv = [
    join(runtime.javaHome, "bin", "java"),
    "-cp",
    classPath(input, env, properties["spark.driver.extraClassPath"]),
    `-Xmx${heapMebibytes}m`,
    `-Djava.io.tmpdir=${runPaths(runDirectory).temporary}`,
    // Nothing that tunes the collector or the compiler: a user's own choice would conflict with it.
    ...(settings.classArchive === null
      ? []
      : ["-Xshare:auto", `-XX:SharedArchiveFile=${settings.classArchive}`]),
    ...userOptions,
    ...moduleOptions(runtime.sparkVersion),
    "org.apache.spark.deploy.SparkSubmit",
    ...submitOptions,
    // Behind the user's options, since SparkSubmit takes the last of two.
    "--master",
    master,
    "--deploy-mode",
    "client",
    spec.entryPoint,
    ...spec.arguments,
  ];
  if (argv.some((argument) => argument.includes("\0"))) {
    throw new LaunchError("An argument holds a NUL character, which no command line can carry.");
  }
  return {
    argv,
    env,
    files: configurationFiles(spec, runDirectory, settings.buckets),
    log: [
      `Spark ${runtime.sparkVersion} on Java ${runtime.javaVersion}, ${master}, heap ${heapMebibytes} MiB` +
        ` (asked for: ${grant.asked.cores} cores, ${Math.floor(grant.asked.memoryBytes / MEBIBYTE)} MiB)`,
      `options: ${submitOptions.map(redactToken).join(" ") || "none"}`,
      `Java options: ${userOptions.map(redactToken).join(" ") || "none"}`,
      `program: ${redactToken(spec.entryPoint)}, ${spec.arguments.length} argument(s)`,
      ...held.notes,
      ...openPortNotes(properties),
      ...log4jNote(spec.configuration, runtime.sparkVersion),
      ...notes,
    ],
  };
}

/** Drivers share the machine's network: what a run opens there, every other one can reach. */
function openPortNotes(properties: Properties): string[] {
  const isSet = (name: string, value: string) => properties[name]?.trim().toLowerCase() === value;
  return [
    ...(isSet("spark.ui.enabled", "true")
      ? ["spark.ui.enabled: any program of this machine can open this run's pages"]
      : []),
    ...(isSet("spark.authenticate", "false")
      ? ["spark.authenticate: any program of this machine can talk to this run's Spark"]
      : []),
  ];
}

function log4jNote(configuration: ApplicationSpec["configuration"], sparkVersion: string): string[] {
  const [major = 0, minor = 0] = sparkVersion.split(".").map(Number);
  const readsLog4j2 = major > 3 || (major === 3 && minor >= 3);
  return readsLog4j2 && "spark-log4j" in configuration
    ? [`spark-log4j: Spark ${sparkVersion} does not read it: use spark-log4j2`]
    : [];
}

function classPath(input: SparkCommandInput, env: Record<string, string>, extra: string | undefined): string {
  const { helperJars, classArchive } = input.settings;
  const configuration = `${runPaths(input.runDirectory).configuration}/`;
  const jars = [...helperJars, join(input.runtime.sparkHome, "jars", "*")];
  const hadoopConfiguration = env.HADOOP_CONF_DIR === env.SPARK_CONF_DIR ? undefined : env.HADOOP_CONF_DIR;
  return [
    extra,
    // An archive is void unless the class path starts as it did when the archive was made.
    ...(classArchive === null ? [configuration, ...jars] : [...jars, configuration]),
    hadoopConfiguration,
    env.YARN_CONF_DIR,
    env.SPARK_DIST_CLASSPATH,
  ]
    .filter((entry) => entry !== undefined && entry !== "")
    .join(":");
}
