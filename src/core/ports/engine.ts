import type { ExitCause } from "../application/application.ts";
import type { ApplicationSpec, Grant } from "../application/spec.ts";
import type { AccountId, ApplicationId, Region } from "../ids.ts";

/** What an engine can tell of an application. Total: every tag has exactly one answer. */
export type Observation =
  | { readonly kind: "starting"; readonly reason: string }
  | { readonly kind: "running" }
  | {
      readonly kind: "exited";
      readonly code: number | null;
      readonly signal: string | null;
      readonly cause: ExitCause;
      /** First line of the driver's exception, or what the engine knows; null where neither. */
      readonly summary: string | null;
      readonly atMs: number;
    }
  /** The engine is sure that it does not hold this tag. Only this may end a run, and only after a grace period. */
  | { readonly kind: "not-found" }
  /** The engine cannot tell now. */
  | { readonly kind: "unreachable"; readonly reason: string };

export const LOG_STREAMS = ["stdout", "stderr"] as const;
export type LogStream = (typeof LOG_STREAMS)[number];

/** What every application has. */
export const LOG_CONTAINERS = ["driver", "submitter"] as const;

/** Whose output it is: an executor's is called after the number that Spark gave it. */
export type LogContainer = (typeof LOG_CONTAINERS)[number] | `executor-${number}`;

const EXECUTOR = /^executor-([1-9]\d{0,8})$/;

export function isLogContainer(text: string): text is LogContainer {
  return LOG_CONTAINERS.some((known) => known === text) || EXECUTOR.test(text);
}

/** The number in `executor-3`; null for another container. */
export function executorNumber(container: LogContainer): number | null {
  const digits = EXECUTOR.exec(container)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** One of the files that a rotated log is made of. */
export interface LogFile {
  /** Counts from 0. */
  readonly index: number;
  /** Where in the stream it starts. */
  readonly startOffset: number;
  /** When the one before it was closed; 0 for the first. */
  readonly openedAtMs: number;
}

/** What a log is that is not rotated. */
export const ONLY_FILE: LogFile = { index: 0, startOffset: 0, openedAtMs: 0 };

/** A piece of a log: bytes of one file, that start at `offset` of the stream. */
export interface LogChunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly file: LogFile;
}

export interface LaunchRequest {
  readonly tag: ApplicationId;
  readonly account: AccountId;
  readonly region: Region;
  /** The run or cluster that owns it; the driver's environment carries it as FIRESTEEL_APPLICATION. */
  readonly ownerId: string;
  readonly spec: ApplicationSpec;
  readonly grant: Grant;
}

/** A process of an application on this machine, for `firesteel ps`. */
export interface EngineProcess {
  readonly tag: ApplicationId;
  readonly pid: number;
  readonly role: "supervisor" | "driver" | "executor";
}

/** An application could not be launched and never will be: `message` is for the user. */
export class LaunchError extends Error {
  override readonly name = "LaunchError";
}

/** Runs applications. Every adapter, the fake included, passes `test/contract/engine.ts`. */
export interface Engine {
  readonly name: string;
  /**
   * Starts the application. Idempotent by tag: a second launch of a tag that was started changes nothing, also after
   * a crash in between. Throws {@link LaunchError} where it can never start, anything else where a retry may help.
   */
  launch(request: LaunchRequest): Promise<void>;
  observe(tag: ApplicationId): Promise<Observation>;
  /** Every tag that the engine holds, finished ones included, to find orphans. */
  list(): AsyncIterable<ApplicationId>;
  /** Hints that something moved, until the signal aborts; `observe` stays the authority. */
  changes(signal: AbortSignal): AsyncIterable<ApplicationId>;
  /** Asks the driver to end, and ends it after `graceMs`. Returns at once; does nothing to what has ended. */
  kill(tag: ApplicationId, graceMs: number): Promise<void>;
  /** Whose logs there are; driver and submitter come first, executors in the order of their numbers. */
  containers(tag: ApplicationId): Promise<readonly LogContainer[]>;
  /**
   * What the stream holds from byte `offset` on, now; ends at the present end of the stream. The first piece starts
   * further on where what was before it is gone.
   */
  logs(
    tag: ApplicationId,
    container: LogContainer,
    stream: LogStream,
    offset: number,
  ): AsyncIterable<LogChunk>;
  /**
   * What comes before `offset` is where the run's owner wants it: files of a rotated log that end there may be removed,
   * except the last ones that the run's rotation keeps. Does nothing to a log that is not rotated.
   */
  releaseLogs(tag: ApplicationId, container: LogContainer, stream: LogStream, offset: number): Promise<void>;
  processes(): Promise<EngineProcess[]>;
  /**
   * Forgets an application that has ended, with its logs and everything else that is kept of it; from then on it is
   * `not-found`. Does nothing where the tag is not known. Throws where it has not ended.
   */
  remove(tag: ApplicationId): Promise<void>;
}

/** What the machine or cluster offers, for admission. */
export interface Capacity {
  readonly cores: number;
  readonly memoryBytes: number;
}
