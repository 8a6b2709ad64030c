import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import {
  APPLICATION_STATES,
  type Application,
  type ApplicationState,
  EXIT_CAUSES,
  hasEnded,
} from "../../src/core/application/application.ts";
import { type ApplicationEvent, decideApplication } from "../../src/core/application/decide.ts";
import type { EffectKind } from "../../src/core/effects.ts";
import { JOB_RUN_STATE_OF, reflectApplication } from "../../src/core/job-run/decide.ts";
import { isActive, type JobRun, STATE_DETAILS_MAX_CHARACTERS } from "../../src/core/job-run/job-run.ts";
import { sampleApplication, sampleJobRun } from "../support/samples.ts";
import { INPUTS, property } from "./property.ts";
import type { Random } from "./random.ts";
import { awkwardText } from "./texts.ts";

/** What the rows of one run are after some events, and what was asked of the world on the way. */
interface Life {
  readonly application: Application;
  readonly run: JobRun;
  readonly effects: readonly EffectKind[];
}

const BEGINNING: Life = { application: sampleApplication(), run: sampleJobRun(), effects: [] };

const EDGES: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  accepted: ["accepted", "launching", "failed", "killed"],
  launching: ["launching", "running", "succeeded", "failed", "killed"],
  running: ["running", "succeeded", "failed", "killed"],
  succeeded: [],
  failed: [],
  killed: [],
};

/** Takes one event as `advanceApplication` does, and checks the step and what it led to. */
function after({ application, run, effects }: Life, event: ApplicationEvent, nowMs: number): Life {
  const decision = decideApplication(application, event, nowMs);
  if (decision === null) return { application, run, effects };
  const { next } = decision;
  assert.ok(EDGES[application.state].includes(next.state), `${application.state} → ${next.state}`);
  assert.ok(decision.events.length > 0, "every change is told");
  assert.notDeepEqual(next, application, "every change changes something");
  if (application.exit !== null) assert.deepEqual(next.exit, application.exit, "an exit stays");
  if (application.grant !== null) assert.deepEqual(next.grant, application.grant, "a grant stays");
  const reflected = reflectApplication(run, next, nowMs);
  const life = {
    application: next,
    run: reflected?.next ?? run,
    effects: [...effects, ...decision.effects],
  };
  checkPossible(life);
  return life;
}

function checkPossible({ application, run, effects }: Life): void {
  const { state, exit, grant, killReason, killRequestedAtMs, admittedAtMs, runningAtMs } = application;
  const ended = hasEnded(state);
  assert.equal(application.endedAtMs !== null, ended);
  assert.ok(!ended || exit !== null, "what has ended has an exit");
  assert.equal(admittedAtMs !== null, grant !== null);
  assert.equal(killReason !== null, killRequestedAtMs !== null);
  if (state === "accepted") assert.ok(grant === null && exit === null && killReason === null);
  if (state === "launching" || state === "running")
    assert.ok(grant !== null && application.waitingFor === null);
  if (state === "running") assert.ok(runningAtMs !== null);
  if (state === "succeeded") assert.ok(exit?.cause === "exited" && exit.code === 0);
  if (state === "killed") assert.equal(killReason, "cancelled");
  for (const kind of ["launch", "kill", "settle-logs"] as const)
    assert.ok(effects.filter((effect) => effect === kind).length <= 1, `${kind} is asked for once`);
  assert.equal(effects.includes("launch"), admittedAtMs !== null);
  assert.equal(effects.includes("settle-logs"), admittedAtMs !== null && exit !== null);

  const cancelling = killReason === "cancelled" && !ended;
  assert.equal(run.state, cancelling ? "CANCEL_PENDING" : JOB_RUN_STATE_OF[state]);
  assert.equal(run.finishedAtMs === null, isActive(run.state));
  assert.equal(run.failureReason !== null, run.state === "FAILED");
  assert.ok((run.stateDetails?.length ?? 0) <= STATE_DETAILS_MAX_CHARACTERS);
  assert.ok(run.stateDetails?.isWellFormed() ?? true, "what is cut is not cut within a character");
}

const GRANT = { asked: { cores: 4, memoryBytes: 2 ** 33 }, granted: { cores: 2, memoryBytes: 2 ** 32 } };
const exited = (code: number | null, signal: string | null): ApplicationEvent => ({
  type: "observed",
  observation: {
    kind: "exited",
    code,
    signal,
    cause: signal === null ? "exited" : "killed",
    summary: null,
    atMs: 0,
  },
});

/** One of each kind of thing that can happen, and each that ends otherwise. */
const EVENTS: readonly ApplicationEvent[] = [
  { type: "waiting", reason: "room" },
  { type: "admitted", grant: GRANT },
  { type: "refused", cause: "launch-failed", reason: "no java" },
  { type: "observed", observation: { kind: "running" } },
  { type: "observed", observation: { kind: "not-found" } },
  { type: "observed", observation: { kind: "unreachable", reason: "asleep" } },
  exited(0, null),
  exited(3, null),
  exited(null, "SIGKILL"),
  { type: "lost" },
  { type: "kill-requested", reason: "cancelled" },
  { type: "start-timed-out", problem: null },
  { type: "logs-settled", problem: null },
  { type: "logs-settled", problem: "the disk is full" },
];

test("no sequence of events, however long, leads to an impossible state: every state that can be reached", () => {
  const reached = new Map<string, Life>();
  const line = [BEGINNING];
  const states = new Set<ApplicationState>();
  for (let life = line.pop(); life !== undefined; life = line.pop()) {
    const name = JSON.stringify(life);
    if (reached.has(name)) continue;
    reached.set(name, life);
    states.add(life.application.state);
    // All at one time: without times that differ there are few enough states to see them all.
    for (const event of EVENTS) line.push(after(life, event, 1_000));
  }
  assert.deepEqual([...states].sort(), [...APPLICATION_STATES].sort());
  for (const { application, run } of reached.values()) {
    if (!hasEnded(application.state)) continue;
    for (const event of EVENTS) assert.equal(decideApplication(application, event, 2_000), null);
    assert.ok(!isActive(run.state));
  }
});

/** What engines and sinks say: decoded from UTF-8, so without half characters, and often too long. */
function longText(random: Random): string {
  return awkwardText(random, 40).toWellFormed() + (random.chance(0.5) ? "\u{1F525}".repeat(140) : "");
}

function anyEvent(random: Random): ApplicationEvent {
  if (random.chance(0.6)) return random.pick(EVENTS);
  const summary = random.chance(0.3) ? null : longText(random);
  return random.pick<ApplicationEvent>([
    { type: "waiting", reason: longText(random) },
    { type: "refused", cause: random.pick(EXIT_CAUSES), reason: longText(random) },
    { type: "logs-settled", problem: summary },
    { type: "observed", observation: { kind: "starting", reason: "" } },
    {
      type: "observed",
      observation: {
        kind: "exited",
        code: random.pick([null, 0, 1, 255, -1]),
        signal: random.pick([null, "SIGTERM"]),
        cause: random.pick(EXIT_CAUSES),
        summary,
        atMs: random.between(-1_000, 1_000),
      },
    },
  ]);
}

property(
  "no sequence of events with times and texts of any kind leads to an impossible state",
  (random) =>
    // The clock may go back.
    random.list(random.between(1, 14), () => ({ event: anyEvent(random), atMs: random.between(0, 1e6) })),
  (sequence) => {
    let life = BEGINNING;
    for (const { event, atMs } of sequence) {
      const next = after(life, event, atMs);
      // The same again, at the same time, is decided the same: nothing else is looked at.
      assert.ok(isDeepStrictEqual(after(life, event, atMs), next));
      life = next;
    }
  },
  INPUTS,
);
