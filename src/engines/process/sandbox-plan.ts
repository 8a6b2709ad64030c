import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { isMissing } from "./records.ts";
import { runPaths } from "./run-paths.ts";

/**
 * What a driver sees of the machine, for `drivers/supervisor/sandbox.py`: these paths, the system's programs and
 * libraries, the interpreter, and nothing else. Paths that do not exist are passed over.
 */
export interface SandboxPlan {
  readonly readOnly: readonly string[];
  readonly writable: readonly string[];
  /** Not to be seen, even where another path of the plan is above it. */
  readonly hidden: readonly string[];
  /** Stands for `/tmp` and `/var/tmp`. */
  readonly temporary: string;
  readonly network: "host" | "none";
  /** Name and home of the one user that there is. */
  readonly user: string;
  readonly home: string;
}

export interface SandboxPlanInput {
  readonly runtime: InstalledRuntime;
  readonly runDirectory: string;
  readonly bucketsDirectory: string;
  /** Names of the account's buckets. */
  readonly buckets: readonly string[];
  readonly samplesDirectory: string;
  readonly fileRoots: readonly string[];
  /** Files that the driver's command names: jars of ours, a class archive. */
  readonly files: readonly string[];
  /** The server's variables that the driver gets; those of certificates name files that it needs. */
  readonly passEnvironment: Readonly<Record<string, string>>;
  /** Directories of the server's own: data, configuration. */
  readonly hidden: readonly string[];
  readonly network: "host" | "none";
  readonly user: string;
}

const CERTIFICATES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"];

export async function sandboxPlan(input: SandboxPlanInput): Promise<SandboxPlan> {
  const { runtime, passEnvironment } = input;
  const paths = runPaths(input.runDirectory);
  return {
    readOnly: [
      runtime.sparkHome,
      runtime.javaHome,
      // The environment around the interpreter, whose links lead to the Python that it was made from.
      dirname(dirname(runtime.python)),
      runtime.python,
      ...input.files,
      input.samplesDirectory,
      paths.configuration,
      paths.executorSocket,
      ...CERTIFICATES.flatMap((name) => passEnvironment[name] ?? []),
    ],
    writable: [
      paths.work,
      paths.temporary,
      paths.home,
      paths.eventLogs,
      ...(await bucketFolders(input.bucketsDirectory, input.buckets)),
      ...input.fileRoots,
    ],
    hidden: input.hidden,
    temporary: paths.temporary,
    network: input.network,
    user: input.user,
    home: paths.home,
  };
}

/** A link in the place of a bucket is none: it could lead anywhere. */
async function bucketFolders(directory: string, names: readonly string[]): Promise<string[]> {
  const folders = names.map((name) => join(directory, name));
  const real = await Promise.all(folders.map(isRealDirectory));
  return folders.filter((_, index) => real[index]);
}

async function isRealDirectory(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
