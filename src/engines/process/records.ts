import { randomUUID } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { ApplicationKind, LogRotation } from "../../core/application/spec.ts";
import type { RunLimits } from "./run-limits.ts";
import type { SandboxPlan } from "./sandbox-plan.ts";
import type { StagedProgram } from "./staged-program.ts";

/** Version of everything in a run's directory. A server reads its own and the previous one. */
export const RUN_FORMAT = 1;

export interface LaunchRecord {
  /** Absent where an earlier version wrote it, which knew spark-submit alone. */
  readonly kind?: ApplicationKind;
  /** The interpreter that runs the supervisor. */
  readonly python: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Lines for the submitter's log. */
  readonly log: readonly string[];
  /** What is copied before the driver starts; absent where nothing is. */
  readonly staged?: StagedProgram;
  /** What the driver sees; null where it is not sandboxed. */
  readonly sandbox: SandboxPlan | null;
  /** Null where there are none. */
  readonly limits: RunLimits | null;
  /** Absent where outputs are not rotated. */
  readonly rotation?: LogRotation;
  /** Whether the driver starts executors that hand over their outputs. */
  readonly executors?: boolean;
  /** How many files of Spark's rolling event log stay beside the first; absent where all do. */
  readonly eventLogFiles?: number;
}

/** What the supervisor knows of an executor. */
export interface ExecutorRecord {
  readonly pid: number;
  readonly startTime: string;
}

/** Written by the supervisor once it holds the run's lock. */
export interface SupervisorRecord {
  readonly pid: number;
  readonly startTime: string;
}

export interface StartedRecord {
  readonly driverPid: number;
  readonly driverStartTime: string;
  readonly atMs: number;
}

export interface ExitRecord {
  readonly code: number | null;
  readonly signal: string | null;
  readonly atMs: number;
  readonly maxRssBytes: number | null;
  readonly oomSuspected: boolean;
  readonly killRequested: boolean;
  /** Why the driver could not be started; null where it was, or where it was not to be. */
  readonly problem: string | null;
  /** What the driver was ended for taking too much of; null or absent where it was not. */
  readonly limit?: { readonly kind: string; readonly reason: string } | null;
  /** What is not in the driver's logs, in words; null or absent where they are whole. */
  readonly cut?: string | null;
}

export interface KillRecord {
  readonly graceMs: number;
}

/** The record, or null where it has not been written. Throws where it cannot be read or has a format unknown here. */
async function readRecord(path: string): Promise<Record<string, unknown> | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const record: unknown = JSON.parse(text);
  if (
    typeof record !== "object" ||
    record === null ||
    !("format" in record) ||
    record.format !== RUN_FORMAT
  ) {
    throw new Error(`${path} has a format that this version does not know`);
  }
  return { ...record };
}

/** Throws where the run has none. */
export async function readLaunchRecord(path: string): Promise<LaunchRecord> {
  const record = await readRecord(path);
  if (record === null) throw new Error(`${path} is missing`);
  // Written by createRunDirectory.
  return record as unknown as LaunchRecord;
}

/** The kind of application that was launched; that of the first version where no record tells. */
export async function readLaunchedKind(path: string): Promise<ApplicationKind> {
  const record = (await readRecord(path)) as LaunchRecord | null;
  return record?.kind ?? "spark-submit";
}

// The supervisor replaces records as a whole, so that one of our format has the members of our format.
export async function readSupervisorRecord(path: string): Promise<SupervisorRecord | null> {
  return (await readRecord(path)) as SupervisorRecord | null;
}

export async function readStartedRecord(path: string): Promise<StartedRecord | null> {
  return (await readRecord(path)) as StartedRecord | null;
}

export async function readExecutorRecord(path: string): Promise<ExecutorRecord | null> {
  return (await readRecord(path)) as ExecutorRecord | null;
}

export async function readExitRecord(path: string): Promise<ExitRecord | null> {
  return (await readRecord(path)) as ExitRecord | null;
}

/** Replaces the record as a whole and makes it durable. */
export async function writeRecord(path: string, record: object): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeDurably(temporary, JSON.stringify({ ...record, format: RUN_FORMAT }));
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Writes a file that only its owner may read, and waits until the disk has it. */
export async function writeDurably(path: string, content: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
