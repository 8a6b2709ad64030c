import type { AccountId, ApplicationId, Region } from "../ids.ts";
import type { ApplicationSpec, Grant } from "./spec.ts";

/** The canonical life of everything that executes. Dialects map it by total tables. */
export const APPLICATION_STATES = [
  "accepted",
  "launching",
  "running",
  "succeeded",
  "failed",
  "killed",
] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];
export const ENDED_STATES = ["succeeded", "failed", "killed"] as const satisfies readonly ApplicationState[];

export function hasEnded(state: ApplicationState): boolean {
  return (ENDED_STATES as readonly ApplicationState[]).includes(state);
}

/** Why a driver ended or never started. */
export const EXIT_CAUSES = [
  "exited",
  "killed",
  "oom",
  "launch-failed",
  "lost",
  "refused",
  "insufficient-resources",
  "start-timeout",
] as const;
export type ExitCause = (typeof EXIT_CAUSES)[number];

/** How a driver ended, as far as it is known. */
export interface Exit {
  readonly cause: ExitCause;
  /** The process's exit code; null where a signal ended it or it never ran. */
  readonly code: number | null;
  /** Name of the signal that ended it, such as `SIGKILL`. */
  readonly signal: string | null;
  /** First line of the exception that the driver printed, or what the engine says; null where there is neither. */
  readonly summary: string | null;
  readonly atMs: number;
}

/** Who asked for the end, and so what the end is called. */
export type KillReason = "cancelled" | "start-timeout";

/** What an application belongs to. A history server is an owner of its own: nobody else asks for its state. */
export type OwnerKind = "job-run" | "history-server";

export interface ApplicationOwner {
  readonly kind: OwnerKind;
  readonly id: string;
}

/** One launched driver: one attempt of an owner. */
export interface Application {
  readonly id: ApplicationId;
  readonly account: AccountId;
  readonly region: Region;
  readonly owner: ApplicationOwner;
  /** The server that owns it; only that one observes or kills it. */
  readonly node: string;
  readonly engine: string;
  /** The queue whose limits hold it back besides the machine's: its virtual cluster's id. Null has no such limits. */
  readonly queue: string | null;
  readonly spec: ApplicationSpec;
  readonly state: ApplicationState;
  /** Why it has not been launched yet, or never was in its time, in words for the user; null once launched. */
  readonly waitingFor: string | null;
  /** What it was granted; null until it is admitted. */
  readonly grant: Grant | null;
  readonly killRequestedAtMs: number | null;
  readonly killReason: KillReason | null;
  /** Set as soon as the end is known; the state becomes final only when the logs are settled. */
  readonly exit: Exit | null;
  /** Why logs are incomplete where their delivery was given up. */
  readonly logProblem: string | null;
  readonly createdAtMs: number;
  /** When the launch was decided. */
  readonly admittedAtMs: number | null;
  readonly runningAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly version: number;
}
