import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EmrClient } from "./emr-client.ts";
import { followRun } from "./follow.ts";
import type { JobRun } from "./wire.ts";

function runIn(state: JobRun["state"], stateDetails?: string): JobRun {
  return {
    id: "r",
    virtualClusterId: "v",
    arn: "arn",
    state,
    clientToken: "t",
    executionRoleArn: "role",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {},
    createdAt: "2026-11-22T00:00:00Z",
    createdBy: "me",
    tags: {},
    ...(stateDetails === undefined ? {} : { stateDetails }),
  };
}

/** A client that answers the states in turn, and the last one for ever. */
function clientAnswering(runs: readonly JobRun[]): Pick<EmrClient, "describeJobRun"> {
  const left = [...runs];
  return { describeJobRun: async () => (left.length > 1 ? left.shift() : left[0]) ?? runIn("FAILED") };
}

describe("following a run", () => {
  it("tells each change once, all output before the end, and answers the run as it ended", async () => {
    const client = clientAnswering([
      runIn("PENDING", "installing (1 %)"),
      runIn("PENDING", "installing (2 %)"),
      runIn("RUNNING"),
      runIn("RUNNING"),
      runIn("COMPLETED"),
    ]);
    const written = ["", "", "a", "b", "c"];
    const seen: string[] = [];
    let opened = 0;
    const run = await followRun({
      // Only what following calls.
      client: client as EmrClient,
      virtualClusterId: "v",
      runId: "r",
      pollMs: 1,
      signal: new AbortController().signal,
      onChange: ({ state, stateDetails }) => seen.push(`${state} ${stateDetails ?? ""}`.trim()),
      logs: [
        {
          open: async () => {
            opened += 1;
            if (opened < 2) return null;
            return {
              async *next() {
                yield Buffer.from(written.splice(0, 2).join(""));
              },
            };
          },
          onBytes: (bytes) => bytes.length > 0 && seen.push(`output ${Buffer.from(bytes)}`),
        },
      ],
    });
    assert.equal(run.state, "COMPLETED");
    assert.equal(opened, 2);
    assert.deepEqual(seen, [
      "PENDING installing (1 %)",
      "PENDING installing (2 %)",
      "RUNNING",
      "output ab",
      "output c",
      "COMPLETED",
    ]);
  });

  it("ends when the user interrupts", async () => {
    const controller = new AbortController();
    const following = followRun({
      client: clientAnswering([runIn("RUNNING")]) as EmrClient,
      virtualClusterId: "v",
      runId: "r",
      pollMs: 60_000,
      signal: controller.signal,
      onChange: () => controller.abort(),
      logs: [],
    });
    await assert.rejects(following, { name: "AbortError" });
  });
});
