import type { Application } from "./application.ts";

export interface NewApplication
  extends Pick<Application, "id" | "account" | "region" | "owner" | "node" | "engine" | "queue" | "spec"> {
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
