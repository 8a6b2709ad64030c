import { join } from "node:path";
import type { ApplicationSpec, SparkDriverSpec } from "../../core/application/spec.ts";
import { LaunchError } from "../../core/ports/engine.ts";
import { addedFiles } from "./added-files.ts";
import type { CommandInput, DriverCommand } from "./driver-command.ts";
import { separateExecutors } from "./executors.ts";
import { moduleOptions, splitJavaOptions, userJavaOptions } from "./java-options.ts";
import { loggingJavaOptions } from "./logging-configuration.ts";
import type { Properties } from "./properties-file.ts";
import { redactToken } from "./redact.ts";
import { resolveResources } from "./resources.ts";
import { runPaths } from "./run-paths.ts";
import { configurationFiles, eventLogNotes, holdBuckets } from "./spark-configuration.ts";
import { buildEnvironment } from "./spark-environment.ts";
import { sparkUi } from "./spark-ui.ts";
import { stagedProgram } from "./staged-program.ts";
import { effectiveProperties, formatSubmitOptions, parseSubmitOptions } from "./submit-options.ts";

const MEBIBYTE = 2 ** 20;
const ADDED_FILES = join("conf", "added-files.json");
/** Of programs of the supervisor's: nothing of the user's counts for them. */
const PYTHON_OPTIONS = ["-I", "-S", "-B", "-X", "utf8"];

/** Resolves what the application names on this machine, and builds its command. Throws {@link LaunchError}. */
export async function sparkCommand(input: CommandInput<SparkDriverSpec["kind"]>): Promise<DriverCommand> {
  const { runtime, settings } = input;
  return buildSparkCommand({ ...input, spec: await resolveResources(input.spec, { ...settings, runtime }) });
}

/**
 * The driver as `java … SparkSubmit`, without the launcher's own JVM in front: what
 * `SparkSubmitCommandBuilder.buildSparkSubmitCommand` of Spark 3.5 makes, with our settings in the places that
 * emr-b.md B5 gives them. The addresses of `input.spec` are resolved (see `resolveResources`).
 * Throws {@link LaunchError} for settings that can never start.
 */
export function buildSparkCommand(input: CommandInput<SparkDriverSpec["kind"]>): DriverCommand {
  const { request, runtime, runDirectory, settings } = input;
  const { grant } = request;
  const held = holdBuckets(
    parseSubmitOptions(input.spec.options),
    input.spec.configuration,
    settings.buckets,
  );
  const spec: SparkDriverSpec = {
    ...input.spec,
    configuration: held.configuration,
    // What runs it, which need not be what it asked for.
    runtime: { ...input.spec.runtime, sparkVersion: runtime.sparkVersion },
  };
  const program = programOf(spec);
  const properties = effectiveProperties(spec.configuration["spark-defaults"] ?? {}, held.options);
  const ui = sparkUi(spec, runtime.sparkVersion, properties, settings.ui);
  const { env, notes } = buildEnvironment({ ...settings, request, runtime, runDirectory, properties });

  const executors = separateExecutors({
    ...input,
    properties,
    classPathWith: (extra) => classPath(input, env, extra),
  });
  const added = addedFiles({
    properties,
    options: held.options,
    sparkVersion: runtime.sparkVersion,
    buckets: settings.buckets,
  });
  const addsFiles = added.files.length > 0;
  const paths = runPaths(runDirectory);
  const master = executors?.master ?? `local[${grant.granted.cores}]`;
  const heapMebibytes = executors?.driverHeapMebibytes ?? Math.floor(grant.granted.memoryBytes / MEBIBYTE);
  const userOptions = [
    ...splitJavaOptions(env.SPARK_SUBMIT_OPTS ?? "", "spark-env SPARK_SUBMIT_OPTS"),
    ...userJavaOptions(properties),
  ];
  const submitOptions = formatSubmitOptions(held.options);
  const argv = [
    // It puts them into the working directory, and becomes the driver.
    ...(addsFiles
      ? [runtime.python, ...PYTHON_OPTIONS, settings.addedFilesScript, join(runDirectory, ADDED_FILES)]
      : []),
    join(runtime.javaHome, "bin", "java"),
    "-cp",
    [
      classPath(input, env, properties["spark.driver.extraClassPath"]),
      ...(executors ? [executors.jar] : []),
      ...(added.onClassPath ? [`${paths.work}/`] : []),
    ].join(":"),
    `-Xmx${heapMebibytes}m`,
    `-Djava.io.tmpdir=${paths.temporary}`,
    // Log4j would start Java's management beans for its own, which nobody asks; users may have them back.
    "-Dlog4j2.disableJmx=true",
    // Nothing that tunes the collector or the compiler: a user's own choice would conflict with it.
    ...(settings.classArchive === null
      ? []
      : ["-Xshare:auto", `-XX:SharedArchiveFile=${settings.classArchive}`]),
    ...loggingJavaOptions(spec.configuration, runtime.sparkVersion, paths.configuration),
    ...(executors === null ? [] : [executors.javaOption]),
    ...userOptions,
    ...moduleOptions(runtime.sparkVersion),
    "org.apache.spark.deploy.SparkSubmit",
    ...submitOptions,
    // Behind the user's options, since SparkSubmit takes the last of two.
    "--master",
    master,
    "--deploy-mode",
    "client",
    ...(executors?.submitOptions ?? []),
    ...ui.options,
    ...program.options,
    program.resource,
    ...program.arguments,
  ];
  if (argv.some((argument) => argument.includes("\0"))) {
    throw new LaunchError("An argument holds a NUL character, which no command line can carry.");
  }
  const staged = stagedProgram(
    program.resource,
    argv.length - program.arguments.length - 1,
    runDirectory,
    settings.buckets,
  );
  return {
    argv,
    env,
    ...(staged === null ? {} : { staged }),
    files: {
      ...configurationFiles(spec, runDirectory, settings.buckets, settings.ui, executors?.defaults),
      ...executors?.files,
      ...ui.files,
      ...(addsFiles ? { [ADDED_FILES]: JSON.stringify(added.files) } : {}),
    },
    addsFiles,
    executors: executors !== null,
    log: [
      `Spark ${runtime.sparkVersion} on Java ${runtime.javaVersion}, ${master}, heap ${heapMebibytes} MiB` +
        ` (asked for: ${grant.asked.cores} cores, ${Math.floor(grant.asked.memoryBytes / MEBIBYTE)} MiB)`,
      ...(grant.substitution === undefined ? [] : [grant.substitution]),
      ...(executors?.log ?? []),
      `options: ${submitOptions.map(redactToken).join(" ") || "none"}`,
      `Java options: ${userOptions.map(redactToken).join(" ") || "none"}`,
      program.log,
      ...held.notes,
      ...ui.notes,
      ...openPortNotes(properties),
      ...added.notes,
      ...(spec.notes ?? []),
      ...eventLogNotes(spec),
      ...notes,
    ],
  };
}

/** What SparkSubmit is given behind its options. */
interface Program {
  /** Options that name the program; behind the user's, since SparkSubmit takes the last of two. */
  readonly options: readonly string[];
  readonly resource: string;
  readonly arguments: readonly string[];
  readonly log: string;
}

const PROGRAMS: { readonly [K in SparkDriverSpec["kind"]]: (spec: ApplicationSpec<K>) => Program } = {
  "spark-submit": (spec) => ({
    options: [],
    resource: spec.entryPoint,
    arguments: spec.arguments,
    log: `program: ${redactToken(spec.entryPoint)}, ${spec.arguments.length} argument(s)`,
  }),
  // What bin/spark-sql of Spark 3.5 submits.
  "spark-sql": (spec) => ({
    options: ["--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver"],
    resource: "spark-internal",
    arguments: [...spec.cliOptions, "-f", spec.entryPoint],
    log: `SQL: ${redactToken(spec.entryPoint)}, options of its CLI: ${spec.cliOptions.map(redactToken).join(" ") || "none"}`,
  }),
};

function programOf<Kind extends SparkDriverSpec["kind"]>(spec: ApplicationSpec<Kind>): Program {
  return PROGRAMS[spec.kind](spec);
}

/** Drivers share the machine's network: what a run opens there, every other one can reach. */
function openPortNotes(properties: Properties): string[] {
  return properties["spark.authenticate"]?.trim().toLowerCase() === "false"
    ? ["spark.authenticate: any program of this machine can talk to this run's Spark"]
    : [];
}

function classPath(
  input: CommandInput<SparkDriverSpec["kind"]>,
  env: Record<string, string>,
  extra: string | undefined,
): string {
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
