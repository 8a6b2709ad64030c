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
const GRANT = { asked: { cores: 1, memoryBytes: 1 }, granted: { cores: 1, memoryBytes: 1 } };
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
  [
    "succeeded",
    { state: "succeeded", runningAtMs: 1_000, exit: exit({ code: 0, atMs: 42_400 }) },
    "COMPLETED",
    null,
    /^JobRun completed successfully\. It ran for 41 Seconds$/,
  ],
  [
    "succeeded, with something to say",
    { state: "succeeded", exit: exit({ code: 0, summary: "9 bytes of the driver's stdout were not kept." }) },
    "COMPLETED",
    null,
    /It ran for 0 Seconds 9 bytes of the driver's stdout were not kept\.$/,
  ],
  [
    "failed, with logs on their way",
    { state: "running", exit: exit({ summary: "ModuleNotFoundError: No module named 'x'" }) },
    "RUNNING",
    null,
    null,
  ],
  [
    "killed by a cancel",
    { state: "killed", killReason: "cancelled", exit: exit({ code: 143 }) },
    "CANCELLED",
    null,
    null,
  ],
  [
    "exit code 3",
    { state: "failed", admittedAtMs: 2, exit: exit({ code: 3 }) },
    "FAILED",
    "USER_ERROR",
    /^The driver exited with code 3\. JobRun failed\. Please refer logs uploaded to S3\/CloudWatch/,
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
    /^JobRun submission failed due to an internal error\. gone$/,
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
    /It ran for 0 Seconds Logs are incomplete: disk full$/,
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
  [
    "run by another Spark",
    { state: "running", grant: { ...GRANT, substitution: "Spark 3.5.9 stands in for 3.4: because." } },
    "RUNNING",
    null,
    /^Spark 3\.5\.9 stands in for 3\.4: because\.$/,
  ],
  [
    "failed on another Spark",
    {
      state: "failed",
      exit: exit({ code: 3 }),
      grant: { ...GRANT, substitution: "Spark 3.5.9 stands in for 3.4: because." },
    },
    "FAILED",
    "USER_ERROR",
    /^The driver exited with code 3\. Spark 3\.5\.9 stands in for 3\.4: because\.$/,
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
    const ended = ["COMPLETED", "FAILED", "CANCELLED"].includes(state);
    // A run has finished when its driver did, however long its logs took.
    assert.equal(next?.finishedAtMs, ended ? (patch.exit?.atMs ?? NOW) : null);
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

test("details hold nothing that a database or JSON cannot", () => {
  const summary = `NUL \0 half \ud800 ${"x".repeat(238)}😀😀`;
  const application = sampleApplication({ state: "failed", exit: exit({ summary }) });
  const details = reflectApplication(sampleJobRun(), application, NOW)?.next.stateDetails ?? "";
  assert.ok(details.isWellFormed() && !details.includes("\0"), JSON.stringify(details));
});
