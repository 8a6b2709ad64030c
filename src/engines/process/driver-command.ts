import type { ApplicationKind, ApplicationSpec } from "../../core/application/spec.ts";
import type { LaunchRequest } from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import type { BucketFolders } from "./spark-configuration.ts";
import type { StagedProgram } from "./staged-program.ts";
import type { UiAccess } from "./ui-access.ts";

export interface ExecutorFiles {
  /** The jar whose scheduler backend starts them. */
  readonly jar: string;
  /** Path of `drivers/supervisor/executor.py`. */
  readonly script: string;
}

export interface CommandSettings {
  /** The server's data directory. */
  readonly instance: string;
  readonly user: string;
  readonly buckets: BucketFolders | null;
  /** Jars of ours that come before Spark's. */
  readonly helperJars: readonly string[];
  /** Folders of this machine that `file://` and `local://` may name. */
  readonly fileRoots: readonly string[];
  readonly passEnvironment: Readonly<Record<string, string>>;
  /** A class data archive made for `<helper jars>:<Spark home>/jars/*`; null where there is none. */
  readonly classArchive: string | null;
  /** What executors in processes of their own are made with; absent where the driver does their work. */
  readonly executors?: ExecutorFiles;
  /** Path of `drivers/supervisor/added_files.py`. */
  readonly addedFilesScript: string;
  readonly platform: NodeJS.Platform;
  /** How the server reaches the run's web pages; null where it shows none. */
  readonly ui: UiAccess | null;
}

export interface CommandInput<Kind extends ApplicationKind = ApplicationKind> {
  readonly request: LaunchRequest;
  /** The request's. */
  readonly spec: ApplicationSpec<Kind>;
  readonly runtime: InstalledRuntime;
  readonly runDirectory: string;
  readonly settings: CommandSettings;
}

export interface DriverCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Contents by path relative to the run's directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the driver starts executors as processes. */
  readonly executors?: boolean;
  /** Whether it starts with what fills its working directory. */
  readonly addsFiles?: boolean;
  /** What the submitter's log says before the driver starts; without secrets. */
  readonly log: readonly string[];
  /** Absent where nothing is copied before the driver starts. */
  readonly staged?: StagedProgram;
}
