import type { AccountId, ApplicationId, Region } from "../ids.ts";
import type { Application, ApplicationOwner } from "./application.ts";
import type { ApplicationSpec } from "./spec.ts";

export interface NewApplication {
  readonly id: ApplicationId;
  readonly account: AccountId;
  readonly region: Region;
  readonly owner: ApplicationOwner;
  readonly node: string;
  readonly engine: string;
  readonly queue: string | null;
  readonly spec: ApplicationSpec;
  readonly nowMs: number;
}

/** An application as it is accepted: stored, not yet admitted. */
export function applicationCreated(input: NewApplication): Application {
  const { nowMs, ...identity } = input;
  return {
    ...identity,
    state: "accepted",
    waitingFor: null,
    grant: null,
    killRequestedAtMs: null,
    killReason: null,
    exit: null,
    logProblem: null,
    createdAtMs: nowMs,
    admittedAtMs: null,
    runningAtMs: null,
    endedAtMs: null,
    version: 0,
  };
}
