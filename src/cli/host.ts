import type { Settings } from "../config/settings.ts";
import type { RuntimeRequirement } from "../core/application/spec.ts";
import type { Buckets } from "../core/ports/buckets.ts";
import type { LogChunk, LogContainer, LogStream } from "../core/ports/engine.ts";
import type { InstalledRuntime } from "../core/ports/runtimes.ts";
import type { Administration } from "./administration.ts";

/** Where a server that was started in this process says what happens. */
export interface ServerIo {
  /** One entry of the structured log, with its line break. */
  log(entry: string): void;
  /** A line for the person at the terminal; null where there is none, so that secrets are not printed. */
  readonly announce: ((line: string) => void) | null;
}

export interface StartedServer {
  readonly url: string;
  /** Drains and releases the data directory; drivers go on. */
  close(): Promise<void>;
}

/** A process of a driver, for `firesteel ps`. */
export interface ApplicationProcess {
  readonly application: string;
  readonly run: string;
  readonly role: "supervisor" | "driver" | "executor";
  readonly pid: number;
}

/** An access key as shown to an administrator: never with its secret. */
export interface AccessKeySummary {
  readonly id: string;
  readonly account: string;
  readonly principalArn: string;
  readonly state: "Active" | "Inactive";
  readonly createdAtMs: number;
}

export interface AccessKeys {
  /** The only time that the secret is shown. */
  create(userName: string): Promise<AccessKeySummary & { readonly secret: string }>;
  list(): Promise<readonly AccessKeySummary[]>;
  /** False where there is no such key. */
  setState(id: string, state: "Active" | "Inactive"): Promise<boolean>;
  /** False where there is no such key. */
  delete(id: string): Promise<boolean>;
}

/** An account as its operator sees it. */
export interface AccountSettings {
  readonly id: string;
  readonly deploymentPrefix: string | null;
}

/** What a backup may hold beside database, keys and the directories of runs in flight. */
export const BACKUP_EXTRAS = ["buckets", "logs", "audit"] as const;
export type BackupExtra = (typeof BACKUP_EXTRAS)[number];

export interface MadeBackup {
  readonly file: string;
  readonly sizeBytes: number;
  readonly runsInFlight: number;
  readonly database: "sqlite" | "postgresql";
}

export interface RestoredBackup {
  /** ISO 8601: the moment that the restored state is of. */
  readonly createdAt: string;
  readonly database: "sqlite" | "postgresql";
  readonly keysRestored: boolean;
  /** Runs that have failed because their drivers stayed behind. */
  readonly runsLost: number;
  /** Where what was replaced is kept; null where nothing was. */
  readonly replaced: string | null;
}

/** Backups of the data directory; each method throws with a message for the operator. */
export interface Backups {
  /** `target` is the file, or a directory to put it into; without a passphrase the keys are left out. */
  create(
    target: string,
    passphrase: string | null,
    extras: readonly BackupExtra[],
    settings: Readonly<Record<string, string>>,
  ): Promise<MadeBackup>;
  restore(file: string, passphrase: string | null, replace: boolean): Promise<RestoredBackup>;
}

/** What a part of the data or the caches takes. */
export interface DiskUse {
  readonly category: string;
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

export interface InstallProgress {
  /** Such as `downloading pyspark 3.5.9`. */
  readonly step: string;
  /** From 0 to 1; null where it cannot be told. */
  readonly fraction: number | null;
}

/** Whether a runtime is here, can be had, or why not. `substitution` tells of another Spark than was asked for. */
export type RuntimeOutlook =
  | { readonly kind: "installed"; readonly runtime: InstalledRuntime; readonly substitution?: string }
  /** `what` would be installed, such as `Spark 3.4.4`. */
  | {
      readonly kind: "missing";
      readonly command: string;
      readonly what: string;
      readonly substitution?: string;
    }
  | { readonly kind: "unsupported"; readonly reason: string };

export interface HostRuntimes {
  list(): Promise<readonly InstalledRuntime[]>;
  /** Where a requirement stands; installs nothing. */
  inspect(requirement: RuntimeRequirement): Promise<RuntimeOutlook>;
  /**
   * Installs what a requirement needs, or answers what is there. Throws with a message for the user where it cannot be
   * had.
   */
  install(
    requirement: RuntimeRequirement,
    signal: AbortSignal,
    onProgress: (progress: InstallProgress) => void,
  ): Promise<InstalledRuntime>;
}

export interface Tool {
  readonly path: string;
  readonly version: string;
}

export interface Toolchain {
  readonly pythons: readonly Tool[];
  readonly javas: readonly Tool[];
  /** Why drivers cannot be sandboxed here; null where they can. */
  readonly sandboxProblem: string | null;
}

/** Reads one stream of one container of a run, from a byte on to its present end. */
export interface RunLogReader {
  read(
    container: LogContainer,
    stream: LogStream,
    fromByte: number,
  ): AsyncIterable<Pick<LogChunk, "offset" | "bytes">>;
}

/**
 * What the command line needs of this machine, for one data directory. `src/host.ts` implements it from the adapters;
 * the tests have a fake.
 */
export interface Host {
  /** The file by which others start this command. */
  readonly launcher: string;
  startServer(io: ServerIo): Promise<StartedServer>;
  buckets(): Promise<Buckets>;
  runtimes(): Promise<HostRuntimes>;
  accessKeys(): AccessKeys;
  /**
   * Sets the prefix of deployment names of an account, of the oldest where none is named; null removes it. Throws with a
   * message for the operator.
   */
  setDeploymentPrefix(account: string | null, prefix: string | null): Promise<AccountSettings>;
  administration(): Promise<Administration>;
  backups(): Backups;
  /** What the parts of the data directory and of the caches take. */
  diskUse(): Promise<readonly DiskUse[]>;
  /** The Pythons and Javas that runtimes could be made with, best first. */
  toolchain(): Promise<Toolchain>;
  /** Keeps servers off the data directory until it is released; null where one has it, or it cannot be had. */
  tryHold(): Promise<{ release(): void } | null>;
  processes(): Promise<readonly ApplicationProcess[]>;
  /** Asks every driver to end, and ends it after the grace. Returns at once, with the applications it asked. */
  endApplications(graceMs: number): Promise<readonly string[]>;
  /**
   * Shows a page in this person's browser; false where there is none to start. The address itself may let in whoever
   * reads it, so it is on no command line.
   */
  openInBrowser(url: string): Promise<boolean>;
  /** The logs of a run that this machine's engine holds; null where it does not. */
  runLogs(runId: string): Promise<RunLogReader | null>;
}

export type HostFactory = (settings: Settings) => Host;
