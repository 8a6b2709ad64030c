import assert from "node:assert/strict";
import { test } from "node:test";
import { engineContract } from "../../../test/contract/engine.ts";
import { launchRequest } from "../../../test/support/launch-request.ts";
import { applicationId } from "../../core/ids.ts";
import { FakeEngine } from "./fake-engine.ts";

const clock = { now: () => 1_000 };

engineContract(
  "fake",
  async () => {
    const engine = new FakeEngine(clock);
    return {
      engine,
      request(tag, { end, rotation, ...script }) {
        engine.script(tag, end === "never" ? script : { ...script, end });
        const containers = { driver: "driver", submitter: "submitter" };
        const logs = { s3Uri: null, cloudWatch: null, containers };
        return launchRequest(tag, { logs: rotation === undefined ? logs : { ...logs, rotation } });
      },
      starts: async (tag) => engine.started.filter((request) => request.tag === tag).length,
      dispose: async () => {},
    };
  },
  { skip: { "a later engine knows what an earlier one started": "nothing of the fake is stored" } },
);

const TAG = applicationId("run-1");

test("a held driver starts when the test says so", async () => {
  const engine = new FakeEngine(clock);
  engine.hold();
  await engine.launch(launchRequest(TAG));
  assert.equal((await engine.observe(TAG)).kind, "starting");
  engine.start(TAG);
  assert.equal((await engine.observe(TAG)).kind, "running");
  engine.finish(TAG, { code: 1, summary: "E: x" });
  assert.deepEqual(await engine.observe(TAG), {
    kind: "exited",
    code: 1,
    signal: null,
    cause: "exited",
    summary: "E: x",
    atMs: 1_000,
  });
});

test("a launch fails once, an observation for as long as told", async () => {
  const engine = new FakeEngine(clock);
  engine.failLaunch(TAG, new Error("no"));
  await assert.rejects(engine.launch(launchRequest(TAG)), /^Error: no$/);
  await engine.launch(launchRequest(TAG));
  engine.setUnreachable("asleep");
  assert.deepEqual(await engine.observe(TAG), { kind: "unreachable", reason: "asleep" });
  engine.setUnreachable(null);
  engine.forget(TAG);
  assert.equal((await engine.observe(TAG)).kind, "not-found");
});
