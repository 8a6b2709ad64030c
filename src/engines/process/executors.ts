import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { AskedExecutors, SparkDriverSpec } from "../../core/application/spec.ts";
import type { CommandInput } from "./driver-command.ts";
import { moduleOptions, splitJavaOptions } from "./java-options.ts";
import { loggingJavaOptions } from "./logging-configuration.ts";
import type { Properties } from "./properties-file.ts";
import { runPaths } from "./run-paths.ts";

const MEBIBYTE = 2 ** 20;
const COMMAND_FILE = join("conf", "executors");
const DYNAMIC = "spark.dynamicAllocation";

/** What is different about a driver whose executors are processes. */
export interface SeparateExecutors {
  readonly master: string;
  readonly driverHeapMebibytes: number;
  /** Goes behind everything that all drivers have in common on their class path. */
  readonly jar: string;
  readonly javaOption: string;
  /** Behind the user's options, since SparkSubmit takes the last of two. */
  readonly submitOptions: readonly string[];
  /** Below whatever the user has set. */
  readonly defaults: Properties;
  readonly files: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

interface ExecutorsInput extends CommandInput<SparkDriverSpec["kind"]> {
  /** Spark properties in effect. */
  readonly properties: Properties;
  /** The class path that driver and executors share, behind these entries of the user's. */
  readonly classPathWith: (extra: string | undefined) => string;
}

/**
 * Plans executors as processes of their own; null where the engine has none, or the run asks for none and its driver
 * does the work. Dynamic allocation goes on between its bounds, of which the upper one is what was granted.
 */
export function separateExecutors(input: ExecutorsInput): SeparateExecutors | null {
  const { request, spec, runtime, runDirectory, settings, properties } = input;
  if (settings.executors === undefined || spec.executors === undefined) return null;
  const { asked, granted } = request.grant;
  const share = shareOf(spec.executors, asked.memoryBytes, granted);
  const { instances, cores, memoryMebibytes, driverHeapMebibytes } = share;
  const isDynamic = properties[`${DYNAMIC}.enabled`]?.trim().toLowerCase() === "true";
  const paths = runPaths(runDirectory);
  const java = [
    join(runtime.javaHome, "bin", "java"),
    "-cp",
    input.classPathWith(properties["spark.executor.extraClassPath"]),
    `-Xmx${memoryMebibytes}m`,
    `-Djava.io.tmpdir=${paths.temporary}`,
    ...(settings.classArchive === null
      ? []
      : ["-Xshare:auto", `-XX:SharedArchiveFile=${settings.classArchive}`]),
    ...loggingJavaOptions(spec.configuration, runtime.sparkVersion, paths.configuration),
    ...["spark.executor.defaultJavaOptions", "spark.executor.extraJavaOptions"].flatMap((key) =>
      splitJavaOptions(properties[key] ?? "", key),
    ),
    ...moduleOptions(runtime.sparkVersion),
  ];
  const launcher = [runtime.python, "-I", "-S", "-B", "-X", "utf8", settings.executors.script];
  const library = settings.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH";
  const libraryPath = properties["spark.executor.extraLibraryPath"];
  const settingsOfSpark = {
    "spark.executor.cores": String(cores),
    "spark.executor.memory": `${memoryMebibytes}m`,
    ...(isDynamic ? boundsOf(properties, instances) : { "spark.executor.instances": String(instances) }),
  };
  return {
    master: `local-executors[${instances}]`,
    driverHeapMebibytes,
    jar: settings.executors.jar,
    javaOption: `-Dfiresteel.executors=${join(runDirectory, COMMAND_FILE)}`,
    submitOptions: Object.entries(settingsOfSpark).flatMap(([key, value]) => ["--conf", `${key}=${value}`]),
    // For a master that it does not know Spark makes up none (SecurityManager.initializeAuth).
    defaults: { "spark.authenticate.secret": randomBytes(32).toString("hex") },
    files: {
      [COMMAND_FILE]: lines({
        launcher: [...launcher, paths.executorSocket],
        directory: [paths.temporary],
        java,
        environment: libraryPath === undefined ? [] : [`${library}=${libraryPath}`],
      }),
    },
    log: [
      `${isDynamic ? "up to " : ""}${instances} executor(s) of ${cores} core(s) and ${memoryMebibytes} MiB each, as processes` +
        ` (asked for: ${spec.executors.instances} of ${spec.executors.cores} and ${Math.floor(spec.executors.memoryBytes / MEBIBYTE)} MiB)`,
    ],
  };
}

interface Share {
  readonly instances: number;
  readonly cores: number;
  readonly memoryMebibytes: number;
  readonly driverHeapMebibytes: number;
}

/**
 * What each gets of a grant: all that was asked, else as many executors of the size asked as there is memory for, else
 * one, which is as much smaller as the driver. Cores are a share of the machine's, and each executor has one at least.
 */
function shareOf(
  executors: AskedExecutors,
  askedBytes: number,
  granted: { readonly cores: number; readonly memoryBytes: number },
): Share {
  const driverBytes = askedBytes - executors.instances * executors.memoryBytes;
  const fitting = Math.floor((granted.memoryBytes - driverBytes) / executors.memoryBytes);
  const instances = Math.min(Math.max(fitting, 1), executors.instances);
  const factor = fitting >= 1 ? 1 : granted.memoryBytes / (driverBytes + executors.memoryBytes);
  const cores = Math.max(Math.floor(granted.cores / instances), 1);
  return {
    instances,
    cores: Math.min(executors.cores, cores),
    memoryMebibytes: Math.floor((executors.memoryBytes * factor) / MEBIBYTE),
    driverHeapMebibytes: Math.floor((driverBytes * factor) / MEBIBYTE),
  };
}

/** The user's own bounds where they fit in what was granted; Spark refuses a lower one above the upper one. */
function boundsOf(properties: Properties, most: number): Properties {
  const capped = [
    "spark.executor.instances",
    `${DYNAMIC}.minExecutors`,
    `${DYNAMIC}.initialExecutors`,
  ].filter((key) => Number(properties[key] ?? 0) > most);
  return {
    [`${DYNAMIC}.maxExecutors`]: String(most),
    ...Object.fromEntries(capped.map((key) => [key, String(most)])),
  };
}

/** A word and a value a line, as `ExecutorCommand.java` reads them. */
function lines(values: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(values)
    .flatMap(([word, all]) => all.map((value) => `${word} ${encodeURIComponent(value)}\n`))
    .join("");
}
