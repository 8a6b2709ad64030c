import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sampleVirtualCluster } from "../../../test/support/samples.ts";
import { decideVirtualCluster, type VirtualClusterEvent } from "./decide.ts";
import { NO_LIMITS, VIRTUAL_CLUSTER_STATES, type VirtualClusterState } from "./virtual-cluster.ts";

const NOW_MS = 7;
const deleted = (activeJobRuns: number): VirtualClusterEvent => ({
  type: "deletion-requested",
  activeJobRuns,
});
const emptied: VirtualClusterEvent = { type: "emptied" };
const limits = { maxConcurrentJobRuns: 2, maxInQueueJobRuns: null };
const limited: VirtualClusterEvent = { type: "limits-set", limits };

/** The next state; null where nothing changes; a pattern where it is refused. */
type Outcome = VirtualClusterState | null | RegExp;
const TABLE: Readonly<Record<VirtualClusterState, readonly (readonly [VirtualClusterEvent, Outcome])[]>> = {
  RUNNING: [
    [deleted(0), "TERMINATED"],
    [deleted(1), "TERMINATING"],
    [emptied, null],
    [limited, "RUNNING"],
  ],
  TERMINATING: [
    [deleted(0), null],
    [deleted(1), null],
    [emptied, "TERMINATED"],
    [limited, /^Virtual cluster state TERMINATING is not valid to update/],
  ],
  TERMINATED: [
    [deleted(0), /is already terminated/],
    [emptied, null],
    [limited, /^Virtual cluster state TERMINATED is not valid to update/],
  ],
  ARRESTED: [
    [deleted(0), "TERMINATED"],
    [deleted(3), "TERMINATING"],
    [emptied, null],
    [limited, /^Virtual cluster state ARRESTED is not valid to update/],
  ],
};

describe("a virtual cluster", () => {
  for (const state of VIRTUAL_CLUSTER_STATES) {
    for (const [event, outcome] of TABLE[state]) {
      it(`${state}: ${JSON.stringify(event)} leads to ${outcome}`, () => {
        const cluster = sampleVirtualCluster({ state, tags: { a: "b" } });
        if (outcome instanceof RegExp) {
          const refused = { kind: "invalid", message: outcome };
          assert.throws(() => decideVirtualCluster(cluster, event, NOW_MS), refused);
          return;
        }
        const decision = decideVirtualCluster(cluster, event, NOW_MS);
        assert.equal(decision?.next.state ?? null, outcome);
        const ended = outcome === "TERMINATED";
        if (decision !== null) {
          assert.equal(decision.next.terminatedAtMs, ended ? NOW_MS : null);
          assert.deepEqual(decision.next.tags, ended ? {} : { a: "b" });
        }
      });
    }
  }

  it("takes limits as a whole, and is as it was where they are the same", () => {
    const cluster = sampleVirtualCluster({ limits: { maxConcurrentJobRuns: 9, maxInQueueJobRuns: 9 } });
    const decision = decideVirtualCluster(cluster, limited, NOW_MS);
    assert.deepEqual(decision?.next.limits, limits);
    const [event] = decision?.events ?? [];
    assert.equal(event?.type, "virtual-cluster.changed");
    assert.deepEqual(Object(event?.detail).limits, limits);
    const same = sampleVirtualCluster({ limits: { ...limits } });
    assert.equal(decideVirtualCluster(same, limited, NOW_MS), null);
    const removed = decideVirtualCluster(same, { type: "limits-set", limits: NO_LIMITS }, NOW_MS);
    assert.deepEqual(removed?.next.limits, NO_LIMITS);
  });
});
