import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleApplication, sampleJobRun } from "../../../test/support/samples.ts";
import type { Application, Exit } from "../application/application.ts";
import { reflectApplication } from "./decide.ts";

const NOW = 5;
const exit = (patch: Partial<Exit>): Exit => ({
  cause: "exited",
  code: 1,
  signal: null,
  summary: null,
  atMs: 4,
  ...patch,
});
const GIB = 2 ** 30;

const table: readonly [
  name: string,
  application: Partial<Application>,
  state: string,
  reason: string | null,
  details: RegExp | null,
][] = [
  ["waiting", { waitingFor: "Waiting in line." }, "PENDING", null, /^Waiting in line\.$/],
  ["launching", { state: "launching" }, "SUBMITTED", null, null],
  ["running", { state: "running" }, "RUNNING", null, null],
  [
    "cancelling",
    { state: "running", killReason: "cancelled", killRequestedAtMs: 3 },
    "CANCEL_PENDING",
    null,
    null,
  ],
  ["succeeded", { state: "succeeded", exit: exit({ code: 0 }) }, "COMPLETED", null, null],
  [
    "killed by a cancel",
    { state: "killed", killReason: "cancelled", exit: exit({ code: 143 }) },
    "CANCELLED",
    null,
    null,
  ],
  [
    "exit code 3",
    { state: "failed", exit: exit({ code: 3 }) },
    "FAILED",
    "USER_ERROR",
    /^The driver exited with code 3\.$/,
  ],
  [
    "an exception",
    { state: "failed", exit: exit({ summary: "ModuleNotFoundError: No module named 'x'" }) },
    "FAILED",
    "USER_ERROR",
    /^ModuleNotFoundError: No module named 'x' \(The driver exited with code 1\)$/,
  ],
  [
    "a signal",
    { state: "failed", exit: exit({ cause: "killed", code: null, signal: "SIGKILL" }) },
    "FAILED",
    "USER_ERROR",
    /SIGKILL/,
  ],
  [
    "lost",
    { state: "failed", exit: exit({ cause: "lost", code: null, summary: "gone" }) },
    "FAILED",
    "INTERNAL_ERROR",
    /^gone$/,
  ],
  [
    "refused",
    { state: "failed", exit: exit({ cause: "refused", code: null, summary: "no" }) },
    "FAILED",
    "VALIDATION_ERROR",
    /^no$/,
  ],
  [
    "too late to start",
    { state: "failed", killReason: "start-timeout", exit: exit({ code: 143 }) },
    "FAILED",
    "CLUSTER_UNAVAILABLE",
    /^cluster timeout$/,
  ],
  [
    "logs given up",
    { state: "succeeded", exit: exit({ code: 0 }), logProblem: "disk full" },
    "COMPLETED",
    null,
    /^Logs are incomplete: disk full$/,
  ],
  [
    "granted less",
    {
      state: "running",
      grant: { asked: { cores: 4, memoryBytes: 6 * GIB }, granted: { cores: 2, memoryBytes: 4 * GIB } },
    },
    "RUNNING",
    null,
    /^Granted 2 of 4 cores and 4\.0 GiB of 6\.0 GiB of memory asked/,
  ],
];

for (const [name, patch, state, failureReason, details] of table) {
  test(`a run whose application is ${name} is ${state}`, () => {
    // The sample run stands in a state that none of the rows has, so that each of them is a change.
    const run = sampleJobRun({ stateDetails: "before" });
    const next = reflectApplication(run, sampleApplication(patch), NOW)?.next;
    assert.equal(next?.state, state);
    assert.equal(next?.failureReason, failureReason);
    if (details === null) assert.equal(next?.stateDetails, null);
    else assert.match(next?.stateDetails ?? "", details);
    assert.equal(next?.finishedAtMs, ["COMPLETED", "FAILED", "CANCELLED"].includes(state) ? NOW : null);
  });
}

test("a run that has ended never changes again", () => {
  const run = sampleJobRun({ state: "FAILED" });
  assert.equal(reflectApplication(run, sampleApplication({ state: "running" }), NOW), null);
});

test("details are cut at the model's 256 characters", () => {
  const application = sampleApplication({ state: "failed", exit: exit({ summary: "x".repeat(1000) }) });
  assert.equal(reflectApplication(sampleJobRun(), application, NOW)?.next.stateDetails?.length, 256);
});
