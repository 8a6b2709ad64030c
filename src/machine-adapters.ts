import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LocalBuckets } from "./cloud/local/buckets.ts";
import { dataPaths } from "./cloud/local/data-directory.ts";
import { systemClock } from "./cloud/local/system-clock.ts";
import type { Settings } from "./config/settings.ts";
import { LaunchError } from "./core/ports/engine.ts";
import { ProcessEngine } from "./engines/process/process-engine.ts";
import { LocalRuntimes } from "./runtimes/local-runtimes.ts";

const ENGINE_POLL_MS = 1_000;

/** The package's own files that are not code of the server: `drivers/` beside `src/` and beside `dist/`. */
const DRIVERS = fileURLToPath(new URL("../drivers/", import.meta.url));
const SAMPLES = join(DRIVERS, "samples");

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
    clock: systemClock,
  });
}

export function processEngine(
  settings: Settings,
  runtimes: LocalRuntimes,
  environment: Environment,
): ProcessEngine {
  const paths = dataPaths(settings.dataDir);
  return new ProcessEngine({
    runsDirectory: paths.runs,
    instance: settings.dataDir,
    bucketsDirectory: paths.buckets,
    samplesDirectory: SAMPLES,
    supervisorScript: join(DRIVERS, "supervisor", "supervise.py"),
    helperJars: [join(DRIVERS, "java", "dist", "firesteel-hadoop.jar")],
    fileRoots: settings["engine.fileRoots"],
    passEnvironment: passedOn(environment),
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

function passedOn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
