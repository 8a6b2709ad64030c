import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type ControlPlane, controlPlane } from "../../test/support/control-plane.ts";
import { applicationId } from "../core/ids.ts";
import type { LogContainer } from "../core/ports/engine.ts";

const CLOUD_WATCH = { logGroupName: "/jobs", logStreamNamePrefix: "p" };
const ROTATION = { rotationSize: "2KB", maxFilesToKeep: 2 };
/** Of the fake's rotated logs, whose files are begun when the world is. */
const DATE = "19700101";

/** A run whose logs go to both targets, cut into files of 2 KiB, and what they hold by now. */
async function rotatedRun(context: TestContext) {
  const plane = await controlPlane(context);
  const { run } = await plane.startRun({
    configurationOverrides: {
      monitoringConfiguration: {
        s3MonitoringConfiguration: { logUri: "s3://logs/prefix" },
        cloudWatchMonitoringConfiguration: CLOUD_WATCH,
        containerLogRotationConfiguration: ROTATION,
      },
    },
  });
  await plane.settle();
  const tag = applicationId(run);
  return {
    plane,
    tag,
    print: (text: string, container: LogContainer = "driver") =>
      plane.engine.write(tag, container, "stdout", text),
    driver: () => objectsOf(plane, `spark-${run}-driver`),
    finish: () => plane.engine.finish(tag, { code: 0 }),
  };
}

/** Standard output of a pod, by the names of its objects. */
async function objectsOf(plane: ControlPlane, pod: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of plane.buckets.listObjects("logs", "prefix/")) {
    const [folder, name = ""] = key.split("/").slice(-2);
    if (folder !== pod || !name.startsWith("stdout")) continue;
    const bytes = Buffer.concat(await Array.fromAsync(plane.buckets.read("logs", key)));
    found[name] = gunzipSync(bytes).toString();
  }
  return found;
}

async function cloudWatchOf(plane: ControlPlane, pod: RegExp): Promise<string> {
  const root = join(plane.directory, "logs", "jobs", "p");
  const names = await readdir(root, { recursive: true });
  return readFile(join(root, names.find((name) => pod.test(name) && name.endsWith("/stdout")) ?? ""), "utf8");
}

const text = (from: number, bytes: number) =>
  Array.from({ length: bytes / 8 }, (_, index) => String(from + index).padStart(7, "0"))
    .join("\n")
    .concat("\n");

test("a rotated log is an object a file, the current one undated; CloudWatch has every line (emr-b.md 2.6)", async (context) => {
  const { plane, tag, print, driver, finish } = await rotatedRun(context);
  const all = text(0, 2048 * 5 + 512);
  print(all.slice(0, 1024));
  await plane.deliverLogs();
  assert.deepEqual(await driver(), { "stdout.gz": all.slice(0, 1024) });
  print(all.slice(1024, 2048 * 3 + 8));
  await plane.deliverLogs();
  print(all.slice(2048 * 3 + 8));
  finish();
  await plane.settle();
  assert.deepEqual(await driver(), {
    ...Object.fromEntries(
      [0, 1, 2, 3, 4].map((index) => [
        `stdout_${DATE}_${index}.gz`,
        all.slice(2048 * index, 2048 * (index + 1)),
      ]),
    ),
    "stdout.gz": all.slice(2048 * 5),
  });
  assert.equal(await cloudWatchOf(plane, /-driver/), all);
  // What both have is let go, except as many files as the run keeps.
  const [first] = await Array.fromAsync(plane.engine.logs(tag, "driver", "stdout", 0));
  assert.equal(first?.offset, 2048 * 4);
});

test("a file that was named before a crash is not named again, and nothing comes twice", async (context) => {
  const { plane, print, driver, finish } = await rotatedRun(context);
  const all = text(0, 2048 * 3);
  print(all.slice(0, 2048));
  await plane.deliverLogs();
  print(all.slice(2048));
  const { move } = plane.buckets;
  plane.buckets.move = async (...names) => {
    await move.apply(plane.buckets, names);
    throw new Error("the answer is lost");
  };
  await assert.rejects(plane.deliverLogs(), /the answer is lost/);
  plane.buckets.move = move;
  plane.restart();
  finish();
  await plane.settle();
  assert.deepEqual(await driver(), {
    [`stdout_${DATE}_0.gz`]: all.slice(0, 2048),
    [`stdout_${DATE}_1.gz`]: all.slice(2048, 4096),
    "stdout.gz": all.slice(4096),
  });
});

test("an object that somebody removed is filled again from what the engine has", async (context) => {
  const { plane, print, driver, finish } = await rotatedRun(context);
  const all = text(0, 2048 * 2 + 512);
  print(all.slice(0, 2048 * 2 + 256));
  await plane.deliverLogs();
  for await (const { key } of plane.buckets.listObjects("logs", "prefix/"))
    if (key.endsWith("-driver/stdout.gz")) await plane.buckets.delete("logs", key);
  print(all.slice(2048 * 2 + 256));
  finish();
  await plane.settle();
  assert.equal(
    Object.values(await driver())
      .sort()
      .join(""),
    all,
  );
});

test("one target that does not take anything now keeps what the other has had", async (context) => {
  const { plane, tag, print, driver, finish } = await rotatedRun(context);
  const all = text(0, 2048 * 6);
  const { appendAt } = plane.buckets;
  plane.buckets.appendAt = () => Promise.reject(new Error("no space left on device"));
  print(all);
  await assert.rejects(plane.deliverLogs(), /no space left/);
  const [first] = await Array.fromAsync(plane.engine.logs(tag, "driver", "stdout", 0));
  assert.equal(first?.offset, 0);
  plane.buckets.appendAt = appendAt;
  finish();
  await plane.settle();
  assert.equal(Object.keys(await driver()).length, 6);
  assert.equal(
    Object.values(await driver())
      .sort()
      .join(""),
    all,
  );
});

test("what the engine had to let go undelivered is said where it is missing", async (context) => {
  const { plane, tag, print, driver, finish } = await rotatedRun(context);
  const all = text(0, 2048 * 4);
  print(all);
  await plane.engine.releaseLogs(tag, "driver", "stdout", all.length);
  finish();
  await plane.settle();
  const objects = await driver();
  assert.deepEqual(Object.keys(objects).sort(), ["stdout.gz", `stdout_${DATE}_2.gz`]);
  assert.match(objects[`stdout_${DATE}_2.gz`] ?? "", /^\n\[firesteel: 4096 bytes are left out here/);
});

test("executors' logs are apart, at pod names of Spark on Kubernetes", async (context) => {
  const { plane, print, finish, driver } = await rotatedRun(context);
  print("of the driver\n");
  print("of one\n", "executor-1");
  await plane.deliverLogs();
  print("of twelve\n", "executor-12");
  finish();
  await plane.settle();
  assert.deepEqual(await driver(), { "stdout.gz": "of the driver\n" });
  const keys = (await Array.fromAsync(plane.buckets.listObjects("logs", "prefix/"))).map(({ key }) => key);
  const pods = [...new Set(keys.map((key) => key.split("/").at(-2) ?? ""))].filter((pod) =>
    pod.includes("-exec-"),
  );
  assert.equal(pods.length, 2);
  for (const pod of pods) assert.match(pod, /^[a-z-]+-[0-9a-f]{16}-exec-(1|12)$/);
  const [one = "", twelve = ""] = pods.sort((a, b) => a.length - b.length);
  assert.deepEqual(await objectsOf(plane, one), { "stdout.gz": "of one\n" });
  assert.deepEqual(await objectsOf(plane, twelve), { "stdout.gz": "of twelve\n" });
  assert.equal(await cloudWatchOf(plane, /-exec-12/), "of twelve\n");
  // Below the same application, and each with its other stream too.
  for (const pod of pods) assert.equal(keys.filter((key) => key.includes(`/${pod}/stderr.gz`)).length, 1);
});
