import assert from "node:assert/strict";
import { test } from "node:test";
import { BackgroundInstalls } from "./background-installs.ts";

const never = new AbortController().signal;
const TITLE = "installing Spark 3.5.9";

test("an installation runs once, and tells where it stands until it ends", async () => {
  const installs = new BackgroundInstalls({ now: () => 0 });
  const end = Promise.withResolvers<void>();
  let started = 0;
  const start = () =>
    installs.start("3.5", TITLE, (onProgress) => {
      started += 1;
      onProgress({ step: "downloading", fraction: 0.414 });
      return end.promise;
    });
  start();
  assert.equal(start(), `${TITLE}: downloading (41 %)`);
  assert.equal(started, 1);
  const changed = installs.changed(never);
  end.resolve();
  await changed;
  start();
  assert.equal(started, 2);
  await installs.close();
});

test("a failure is told with its reason, and tried again after a pause that grows", async () => {
  let nowMs = 0;
  let started = 0;
  const installs = new BackgroundInstalls({ now: () => nowMs });
  const start = () =>
    installs.start("3.5", TITLE, async () => {
      started += 1;
      throw new Error("no route to the index");
    });
  const failOnce = async () => {
    const changed = installs.changed(never);
    start();
    await changed;
  };
  await failOnce();
  assert.equal(start(), `${TITLE} failed: no route to the index (next try at 1970-01-01T00:00:30.000Z)`);
  nowMs = 30_000;
  await failOnce();
  assert.equal(started, 2);
  nowMs = 89_999;
  assert.match(start(), /next try at 1970-01-01T00:01:30/);
  assert.equal(started, 2);
  await installs.close();
});

test("closing ends what runs, and is no failure", async () => {
  const installs = new BackgroundInstalls({ now: () => 0 });
  let aborted = false;
  installs.start("3.5", TITLE, async (_, signal) => {
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason));
    await promise.finally(() => {
      aborted = true;
    });
  });
  await installs.close();
  assert.ok(aborted);
});

test("waiting for a change ends with the signal", async () => {
  const installs = new BackgroundInstalls({ now: () => 0 });
  const waiting = new AbortController();
  const changed = installs.changed(waiting.signal);
  waiting.abort();
  await changed;
  await installs.changed(waiting.signal);
});
