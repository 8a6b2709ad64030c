import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleApplication } from "../../../test/support/samples.ts";
import type { Application } from "./application.ts";
import { type ApplicationEvent, decideApplication } from "./decide.ts";

const NOW = 1_000_000;
const grant = { asked: { cores: 2, memoryBytes: 1 }, granted: { cores: 1, memoryBytes: 1 } };
const accepted = sampleApplication({ createdAtMs: NOW });
const launching = sampleApplication({ state: "launching", grant, admittedAtMs: NOW });
const running = sampleApplication({ state: "running", grant, admittedAtMs: NOW, runningAtMs: NOW });
const exit = { cause: "exited", code: 0, signal: null, summary: null, atMs: NOW } as const;
const ended = { ...running, exit };

const exited = (code: number): ApplicationEvent => ({
  type: "observed",
  observation: { kind: "exited", code, signal: null, cause: "exited", summary: null, atMs: NOW },
});
const settled: ApplicationEvent = { type: "logs-settled", problem: null };
const cancel: ApplicationEvent = { type: "kill-requested", reason: "cancelled" };

const table: readonly [
  name: string,
  from: Application,
  event: ApplicationEvent,
  to: Partial<Application>,
  effects: string[],
][] = [
  [
    "waits and says why",
    accepted,
    { type: "waiting", reason: "room" },
    { state: "accepted", waitingFor: "room" },
    [],
  ],
  [
    "is admitted",
    accepted,
    { type: "admitted", grant },
    { state: "launching", grant, admittedAtMs: NOW },
    ["launch"],
  ],
  [
    "is refused before its launch",
    accepted,
    { type: "refused", cause: "refused", reason: "no" },
    { state: "failed" },
    [],
  ],
  [
    "cannot be launched",
    launching,
    { type: "refused", cause: "launch-failed", reason: "no java" },
    { state: "launching" },
    ["settle-logs"],
  ],
  [
    "runs",
    launching,
    { type: "observed", observation: { kind: "running" } },
    { state: "running", runningAtMs: NOW },
    [],
  ],
  ["exits: logs first", running, exited(3), { state: "running" }, ["settle-logs"]],
  ["exits before it was seen running", launching, exited(0), { state: "launching" }, ["settle-logs"]],
  ["has succeeded once its logs are settled", ended, settled, { state: "succeeded", endedAtMs: NOW }, []],
  [
    "has failed with another code",
    { ...ended, exit: { ...exit, code: 3 } },
    settled,
    { state: "failed" },
    [],
  ],
  ["is cancelled while it waits", accepted, cancel, { state: "killed", endedAtMs: NOW }, []],
  ["is asked to end", running, cancel, { state: "running", killReason: "cancelled" }, ["kill"]],
  [
    "times out",
    launching,
    { type: "start-timed-out", problem: "the disk is full" },
    { killReason: "start-timeout", waitingFor: "the disk is full" },
    ["kill"],
  ],
  [
    "was killed when asked to",
    { ...ended, killReason: "cancelled", killRequestedAtMs: NOW, exit: { ...exit, code: 143 } },
    settled,
    { state: "killed" },
    [],
  ],
  [
    "finished before the kill reached it",
    { ...ended, killReason: "cancelled", killRequestedAtMs: NOW },
    settled,
    { state: "succeeded" },
    [],
  ],
];

for (const [name, from, event, to, effects] of table) {
  test(`an application ${name}`, () => {
    const decision = decideApplication(from, event, NOW);
    assert.ok(decision, "the event must change something");
    assert.deepEqual({ ...decision.next, ...to }, decision.next);
    assert.deepEqual(decision.effects, effects);
    assert.equal(decision.events.length, 1);
  });
}

const nothing: readonly [name: string, from: Application, event: ApplicationEvent][] = [
  ["the same reason to wait", { ...accepted, waitingFor: "room" }, { type: "waiting", reason: "room" }],
  ["a second admission", launching, { type: "admitted", grant }],
  ["a second kill", { ...running, killRequestedAtMs: NOW, killReason: "cancelled" }, cancel],
  ["running twice", running, { type: "observed", observation: { kind: "running" } }],
  [
    "an engine that cannot tell",
    running,
    { type: "observed", observation: { kind: "unreachable", reason: "?" } },
  ],
  ["a second exit", ended, exited(1)],
  ["logs settled without an exit", running, settled],
  ["a start time-out of what runs", running, { type: "start-timed-out", problem: null }],
  ["the loss of what waits", accepted, { type: "lost" }],
  ["the loss of what is being launched", launching, { type: "lost" }],
  ["the loss of what has ended", ended, { type: "lost" }],
  ["anything after the end", { ...ended, state: "succeeded" }, exited(1)],
  ["one look that does not find it", running, { type: "observed", observation: { kind: "not-found" } }],
];

for (const [name, from, event] of nothing) {
  test(`changes nothing: ${name}`, () => assert.equal(decideApplication(from, event, NOW), null));
}

for (const from of [running, { ...launching, killRequestedAtMs: NOW, killReason: "cancelled" as const }]) {
  test(`what is ${from.state} and lost ends, its logs first`, () => {
    const decision = decideApplication(from, { type: "lost" }, NOW);
    assert.equal(decision?.next.exit?.cause, "lost");
    assert.deepEqual(decision.effects, ["settle-logs"]);
  });
}
