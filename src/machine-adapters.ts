import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalBuckets } from "./cloud/local/buckets.ts";
import { dataPaths } from "./cloud/local/data-directory.ts";
import { systemClock } from "./cloud/local/system-clock.ts";
import type { Settings } from "./config/settings.ts";
import type { AccountId } from "./core/ids.ts";
import { LaunchError } from "./core/ports/engine.ts";
import type { ApplicationPages } from "./core/ports/pages.ts";
import { ClassArchives } from "./engines/process/class-archive.ts";
import { ProcessEngine } from "./engines/process/process-engine.ts";
import { RunPages } from "./engines/process/run-pages.ts";
import { probeSandbox, type SandboxSupport } from "./engines/process/sandbox.ts";
import { LocalRuntimes } from "./runtimes/local-runtimes.ts";
import { findPythons } from "./runtimes/python.ts";

const ENGINE_POLL_MS = 1_000;

/** The package's own files that are not code of the server: `drivers/` beside `src/` and beside `dist/`. */
const DRIVERS = fileURLToPath(new URL("../drivers/", import.meta.url));
const SAMPLES = join(DRIVERS, "samples");
const SUPERVISOR = join(DRIVERS, "supervisor", "supervise.py");
const EXECUTOR_JAR = join(DRIVERS, "java", "dist", "firesteel-executors.jar");
const HELPER_JARS = [join(DRIVERS, "java", "dist", "firesteel-hadoop.jar")];

/** A run that found no class archive is over by then, most often. */
const CLASS_ARCHIVE_DELAY_MS = 30_000;

/** Variables of the server that a driver needs too where the network has a proxy or an authority of its own. */
const PASSED_ON = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "TZ",
] as const;

/** The variables of a process, from `src/main.ts`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function localBuckets(settings: Settings): LocalBuckets {
  return new LocalBuckets({ directory: dataPaths(settings.dataDir).buckets, samplesDirectory: SAMPLES });
}

export function localRuntimes(settings: Settings, environment: Environment): LocalRuntimes {
  return new LocalRuntimes({
    runtimesDirectory: join(settings.cacheDir, "runtimes"),
    examplesJar: join(DRIVERS, "java", "dist", "spark-examples.jar"),
    environment,
    python: settings["runtimes.python"] || null,
    javaHome: settings["runtimes.javaHome"] || null,
    autoInstall: settings["runtimes.autoInstall"],
    substitute: settings["runtimes.substitute"],
    clock: systemClock,
  });
}

/** Who owns a bucket; null where nobody has claimed it. */
export type OwnerOfBucket = (bucket: string) => Promise<AccountId | null>;

/**
 * The engine that runs drivers here. Without `ownerOfBucket` every bucket counts as the first account's, which holds
 * for as long as there is no other.
 */
export function processEngine(
  settings: Settings,
  runtimes: LocalRuntimes,
  environment: Environment,
  ownerOfBucket: OwnerOfBucket = async () => null,
  archives: ClassArchives | null = null,
): ProcessEngine {
  const paths = dataPaths(settings.dataDir);
  return new ProcessEngine({
    runsDirectory: paths.runs,
    instance: settings.dataDir,
    bucketsDirectory: paths.buckets,
    samplesDirectory: SAMPLES,
    supervisorScript: SUPERVISOR,
    helperJars: HELPER_JARS,
    fileRoots: settings["engine.fileRoots"],
    passEnvironment: {
      ...passedOn(environment),
      // What `--packages` is resolved from in place of Maven Central (SparkSubmitUtils.createRepoResolvers).
      DEFAULT_ARTIFACT_REPOSITORY: `${settings["runtimes.mavenRepository"].replace(/\/+$/, "")}/`,
    },
    ...(settings["engine.process.executors"] === "separate" ? { executorJar: EXECUTOR_JAR } : {}),
    showPages: settings["engine.process.ui"],
    ...(archives === null ? {} : { classArchiveOf: (runtime) => archives.find(runtime) }),
    isolation: {
      sandbox: settings["engine.process.sandbox"],
      network: settings["engine.process.network"],
      hidden: [settings.dataDir],
      bucketsOf: (account) => bucketsOf(settings, account, ownerOfBucket),
      limits: {
        memoryOverheadBytes: settings["engine.process.memoryOverhead"],
        processes: settings["engine.process.maxProcesses"],
        fileBytes: settings["engine.process.maxFileBytes"],
        runDiskBytes: settings["engine.process.maxRunDiskBytes"],
        logBytes: settings["engine.process.maxLogBytes"],
      },
    },
    resolveRuntime: async (requirement) => {
      const status = await runtimes.resolve(requirement);
      if (status.kind === "installed") return status.runtime;
      throw status.kind === "unsupported"
        ? new LaunchError(status.reason)
        : new Error(`Spark ${requirement.sparkVersion} is no longer installed`);
    },
    pollIntervalMs: ENGINE_POLL_MS,
    clock: systemClock,
  });
}

/** The web pages of what the process engine runs. */
export function applicationPages(settings: Settings, runtimes: LocalRuntimes): ApplicationPages {
  return {
    pages: new RunPages(dataPaths(settings.dataDir).runs),
    sparkVersions: async () => (await runtimes.list()).map(({ sparkVersion }) => sparkVersion),
  };
}

/** The class archives of a server's runtimes; null where the settings want none. */
export function classArchives(
  settings: Pick<Settings, "engine.process.classArchive">,
  onProblem: (message: string, cause: unknown) => void,
): ClassArchives | null {
  if (!settings["engine.process.classArchive"]) return null;
  return new ClassArchives({
    helperJars: HELPER_JARS,
    trainingScript: join(DRIVERS, "class-archive", "training.py"),
    delayMs: CLASS_ARCHIVE_DELAY_MS,
    onProblem,
  });
}

/** Whether drivers can be sandboxed here, tried with the interpreter of a runtime, or one that a runtime would be made with. */
export async function sandboxSupport(settings: Settings, environment: Environment): Promise<SandboxSupport> {
  const [runtime] = await localRuntimes(settings, environment).list();
  const python = runtime?.python ?? (await firstPython(settings, environment));
  return python === null
    ? { works: false, reason: "there is no Python 3 to try it with" }
    : probeSandbox(python, SUPERVISOR);
}

async function firstPython(settings: Settings, environment: Environment): Promise<string | null> {
  const [python] = await findPythons(settings["runtimes.python"] || null, environment);
  return python?.executable ?? null;
}

/** A bucket that nobody has claimed, made by hand or by the command line, is the first account's. */
async function bucketsOf(
  settings: Settings,
  account: AccountId,
  ownerOfBucket: OwnerOfBucket,
): Promise<readonly string[]> {
  const names = await localBuckets(settings).list();
  const owners = await Promise.all(names.map(ownerOfBucket));
  return names.filter((_, index) => (owners[index] ?? settings["aws.accountId"]) === account);
}

function passedOn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
