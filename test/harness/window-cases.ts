import assert from "node:assert/strict";
import type { Application } from "../../src/core/application/application.ts";
import type { EffectKind } from "../../src/core/effects.ts";
import type { StoredEvent } from "../../src/core/events.ts";
import type { Window } from "./windows.ts";

export type FinalState = "COMPLETED" | "FAILED" | "CANCELLED";

export interface MatrixRun {
  readonly name: string;
  readonly id: string;
  readonly request: object;
}

/** What is known of a run while no server runs. */
export interface Remains {
  readonly application: Application;
  readonly events: readonly StoredEvent[];
  readonly files: ReadonlySet<string>;
  /** Effects that are stored and not known to be done. */
  readonly pending: readonly EffectKind[];
  /** Bytes that its log objects hold beyond those that are stored as delivered. */
  readonly unrecordedLogBytes: number;
}

/** What brings a run to its window. */
export interface Approached {
  reaches(run: MatrixRun, state: string): Promise<unknown>;
  letGo(run: MatrixRun): Promise<void>;
  cancel(run: MatrixRun): Promise<void>;
}

export interface WindowCase {
  readonly name: string;
  /** Null where the server is killed with nothing held. */
  readonly window: Window | null;
  /** Lets the run come to the window. */
  readonly approach: (matrix: Approached, run: MatrixRun) => Promise<unknown>;
  /** Proves from what is stored that the window was hit. */
  readonly prove: (remains: Remains) => void;
  readonly end: FinalState;
}

const states = ({ events }: Remains): unknown[] =>
  events.flatMap(({ type, detail }) => (type === "application.state-changed" ? [Object(detail).to] : []));
const notStarted = (remains: Remains) => {
  assert.deepEqual(states(remains), ["launching"]);
  assert.equal(remains.files.size, 0, "nothing was launched");
  assert.deepEqual(remains.pending, ["launch"]);
};
const startedUnseen = (remains: Remains) => {
  assert.deepEqual(states(remains), ["launching"]);
  assert.ok(remains.files.has("started.json"), "the driver was started");
  assert.deepEqual(remains.pending, ["launch"]);
};
const isRunning = (remains: Remains) => {
  assert.deepEqual(states(remains), ["launching", "running"]);
  assert.equal(remains.application.exit, null);
};
const isDelivering = (remains: Remains) => {
  isRunning(remains);
  assert.ok(remains.unrecordedLogBytes > 0, "the bucket holds more than is stored");
};
const nothing = async () => undefined;
const untilRunning = (matrix: Approached, run: MatrixRun) => matrix.reaches(run, "RUNNING");
const thenEnds = async (matrix: Approached, run: MatrixRun) => {
  await matrix.reaches(run, "RUNNING");
  await matrix.letGo(run);
};
const thenCancelled = async (matrix: Approached, run: MatrixRun) => {
  await matrix.reaches(run, "RUNNING");
  await matrix.cancel(run);
};
const killAsked = (remains: Remains) => {
  assert.equal(remains.application.killReason, "cancelled");
  assert.ok(remains.pending.includes("kill"), "the kill is not known to be done");
};

/** Every window of the matrix: what comes to it, and what must be stored where it was hit. */
export const WINDOW_CASES: readonly WindowCase[] = [
  {
    name: "after accept, before launch",
    window: "before-launch",
    approach: nothing,
    prove: notStarted,
    end: "COMPLETED",
  },
  {
    name: "between launch and its record",
    window: "after-launch",
    approach: nothing,
    prove: startedUnseen,
    end: "COMPLETED",
  },
  { name: "while running", window: null, approach: untilRunning, prove: isRunning, end: "COMPLETED" },
  {
    name: "between exit and its record",
    window: "before-exit",
    approach: thenEnds,
    prove(remains) {
      isRunning(remains);
      assert.ok(remains.files.has("exit.json"), "the driver has ended");
    },
    end: "COMPLETED",
  },
  {
    name: "during cancel, driver not told",
    window: "before-kill",
    approach: thenCancelled,
    prove(remains) {
      isRunning(remains);
      killAsked(remains);
      assert.ok(!remains.files.has("kill.json"), "the driver was not told to end");
    },
    end: "CANCELLED",
  },
  {
    name: "during cancel, driver told",
    window: "after-kill",
    approach: thenCancelled,
    prove(remains) {
      killAsked(remains);
      assert.ok(remains.files.has("kill.json"), "the driver was told to end");
    },
    end: "CANCELLED",
  },
  {
    name: "during log upload, half a piece",
    window: "half-append",
    approach: untilRunning,
    prove: isDelivering,
    end: "COMPLETED",
  },
  {
    name: "during log upload, before its record",
    window: "after-append",
    approach: untilRunning,
    prove: isDelivering,
    end: "COMPLETED",
  },
];
