import type { EffectKind } from "../effects.ts";
import type { DomainEvent } from "../events.ts";
import type { Observation } from "../ports/engine.ts";
import {
  type Application,
  type ApplicationState,
  type Exit,
  type ExitCause,
  hasEnded,
  type KillReason,
} from "./application.ts";
import type { Grant } from "./spec.ts";

/** What may happen to an application. Everything that comes from outside arrives as one of these. */
export type ApplicationEvent =
  | { readonly type: "waiting"; readonly reason: string }
  | { readonly type: "admitted"; readonly grant: Grant }
  /** It can never be launched: `cause` and `reason` become its exit. */
  | { readonly type: "refused"; readonly cause: ExitCause; readonly reason: string }
  | { readonly type: "observed"; readonly observation: Observation }
  /** The engine has been sure for a grace period that it does not hold it. */
  | { readonly type: "lost" }
  | { readonly type: "kill-requested"; readonly reason: KillReason }
  /** `problem` is what kept it from being launched, where that is known. */
  | { readonly type: "start-timed-out"; readonly problem: string | null }
  /** Its logs are where they belong, or were given up for `problem`. */
  | { readonly type: "logs-settled"; readonly problem: string | null };

export interface ApplicationDecision {
  readonly next: Application;
  readonly effects: readonly EffectKind[];
  readonly events: readonly DomainEvent[];
}

/**
 * Decides what an event does to an application; null where it changes nothing (a repeated or late event).
 * Pure: the same state, event and time give the same decision.
 */
export function decideApplication(
  application: Application,
  event: ApplicationEvent,
  nowMs: number,
): ApplicationDecision | null {
  if (hasEnded(application.state)) return null;
  switch (event.type) {
    case "waiting":
      if (application.state !== "accepted" || application.waitingFor === event.reason) return null;
      return change(application, { waitingFor: event.reason }, [], nowMs);
    case "admitted":
      if (application.state !== "accepted") return null;
      return change(
        application,
        { state: "launching", waitingFor: null, grant: event.grant, admittedAtMs: nowMs },
        ["launch"],
        nowMs,
      );
    case "refused":
      if (application.exit !== null) return null;
      return exited(application, refusal(event.cause, event.reason, nowMs), nowMs);
    case "observed":
      return decideObserved(application, event.observation, nowMs);
    case "lost":
      return decideLost(application, nowMs);
    case "kill-requested":
      return decideKill(application, event.reason, nowMs);
    case "start-timed-out":
      if (application.state !== "launching" || application.exit !== null) return null;
      return decideKill({ ...application, waitingFor: event.problem }, "start-timeout", nowMs);
    case "logs-settled":
      if (application.exit === null) return null;
      return change(
        application,
        { state: endedState(application, application.exit), logProblem: event.problem, endedAtMs: nowMs },
        [],
        nowMs,
      );
  }
}

function decideObserved(
  application: Application,
  observation: Observation,
  nowMs: number,
): ApplicationDecision | null {
  if (application.exit !== null || application.state === "accepted") return null;
  switch (observation.kind) {
    case "starting":
    case "unreachable":
    case "not-found":
      return null;
    case "running":
      if (application.state === "running") return null;
      return change(application, { state: "running", runningAtMs: nowMs }, [], nowMs);
    case "exited":
      return exited(
        application,
        {
          cause: observation.cause,
          code: observation.code,
          signal: observation.signal,
          summary: observation.summary,
          atMs: observation.atMs,
        },
        nowMs,
      );
  }
}

/**
 * What is to be launched is not known either, for as long as its launch is tried again; once it is to end, nothing is
 * launched any more and there is no such excuse.
 */
function decideLost(application: Application, nowMs: number): ApplicationDecision | null {
  const { state, exit, killRequestedAtMs } = application;
  if (exit !== null || state === "accepted") return null;
  if (state === "launching" && killRequestedAtMs === null) return null;
  const summary = "The engine no longer knows this application; its record is gone.";
  return exited(application, refusal("lost", summary, nowMs), nowMs);
}

function decideKill(application: Application, reason: KillReason, nowMs: number): ApplicationDecision | null {
  if (application.killRequestedAtMs !== null || application.exit !== null) return null;
  const asked = { killRequestedAtMs: nowMs, killReason: reason };
  if (application.state !== "accepted") return change(application, asked, ["kill"], nowMs);
  // Nothing was launched, so there is nothing to end and there are no logs to wait for.
  const exit: Exit = { cause: "killed", code: null, signal: null, summary: null, atMs: nowMs };
  return change(
    application,
    { ...asked, waitingFor: null, exit, state: "killed", endedAtMs: nowMs },
    [],
    nowMs,
  );
}

function exited(application: Application, exit: Exit, nowMs: number): ApplicationDecision {
  if (application.state === "accepted") {
    return change(application, { waitingFor: null, exit, state: "failed", endedAtMs: nowMs }, [], nowMs);
  }
  return change(application, { exit }, ["settle-logs"], nowMs);
}

/** A driver that finished its work before the kill reached it has succeeded all the same. */
function endedState(application: Application, exit: Exit): ApplicationState {
  if (exit.cause === "exited" && exit.code === 0) return "succeeded";
  return application.killReason === "cancelled" ? "killed" : "failed";
}

function refusal(cause: ExitCause, summary: string, atMs: number): Exit {
  return { cause, code: null, signal: null, summary, atMs };
}

function change(
  application: Application,
  patch: Partial<Application>,
  effects: readonly EffectKind[],
  nowMs: number,
): ApplicationDecision {
  const next = { ...application, ...patch };
  return {
    next,
    effects,
    events: [
      {
        account: application.account,
        region: application.region,
        subject: { kind: "application", id: application.id },
        type: next.state === application.state ? "application.changed" : "application.state-changed",
        atMs: nowMs,
        detail: describeChange(application, next),
      },
    ],
  };
}

function describeChange(before: Application, next: Application) {
  return {
    from: before.state,
    to: next.state,
    ...(next.waitingFor === before.waitingFor ? {} : { waitingFor: next.waitingFor }),
    ...(next.killRequestedAtMs === before.killRequestedAtMs ? {} : { killReason: next.killReason }),
    ...(next.exit === null || next.exit === before.exit ? {} : { exit: { ...next.exit } }),
    ...(next.logProblem === before.logProblem ? {} : { logProblem: next.logProblem }),
  };
}
