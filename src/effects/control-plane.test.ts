import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type ControlPlane, controlPlane, type Started } from "../../test/support/control-plane.ts";
import { accountId, applicationId } from "../core/ids.ts";
import { LaunchError } from "../core/ports/engine.ts";
import { NOT_FOUND_GRACE_MS } from "./reconciler.ts";

const describe = (plane: ControlPlane, { cluster, run }: Started) =>
  plane.emr.describeJobRun(plane.context, cluster, run);
const tagOf = ({ run }: Started) => applicationId(run);
const memory = (value: string, executors = "0") => ({
  jobDriver: {
    sparkSubmitJobDriver: {
      entryPoint: "s3://b/k.py",
      sparkSubmitParameters: `--conf spark.driver.memory=${value} --conf spark.executor.instances=${executors}`,
    },
  },
});
const withLogs = (logUri = "s3://logs/prefix") => ({
  configurationOverrides: {
    monitoringConfiguration: {
      s3MonitoringConfiguration: { logUri },
      cloudWatchMonitoringConfiguration: { logGroupName: "/jobs", logStreamNamePrefix: "p" },
    },
  },
});

test("a run goes from PENDING over RUNNING to COMPLETED, and its driver starts once", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  assert.equal((await describe(plane, started)).state, "PENDING");
  plane.engine.hold();
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "SUBMITTED");
  plane.engine.start(tagOf(started));
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
  plane.engine.finish(tagOf(started), { code: 0 });
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "COMPLETED");
  assert.equal(run.finishedAtMs, plane.clock.now());
  assert.equal(plane.engine.started.length, 1);
  const events = await plane.store.events.of(started.run);
  const states = events.flatMap(({ type, detail }) =>
    type === "job-run.state-changed" ? [Object(detail).to] : [],
  );
  assert.deepEqual(states, ["PENDING", "SUBMITTED", "RUNNING", "COMPLETED"]);
});

test("the same client token starts one run, another body is refused", async (context) => {
  const plane = await controlPlane(context);
  const { cluster } = await plane.startRun();
  const input = { virtualClusterId: cluster, clientToken: "t", request: sample(), tags: {} };
  const first = await plane.emr.startJobRun(plane.context, input);
  const again = await Promise.all([1, 2, 3].map(() => plane.emr.startJobRun(plane.context, input)));
  assert.deepEqual(new Set(again.map(({ id }) => id)), new Set([first.id]));
  await assert.rejects(plane.emr.startJobRun(plane.context, { ...input, tags: { a: "b" } }), {
    kind: "invalid",
  });
});

test("runs wait in line for memory, in order, and say so", async (context) => {
  const plane = await controlPlane(context);
  const first = await plane.startRun(memory("3g"));
  const second = await plane.startRun(memory("2g"));
  const third = await plane.startRun(memory("512m"));
  await plane.settle();
  assert.equal((await describe(plane, first)).state, "RUNNING");
  for (const waiting of [second, third]) {
    const run = await describe(plane, waiting);
    assert.equal(run.state, "PENDING");
    assert.match(run.stateDetails ?? "", /^Waiting in line for 1 core and/);
  }
  plane.engine.finish(tagOf(first), { code: 0 });
  await plane.settle();
  assert.equal((await describe(plane, second)).state, "RUNNING");
  assert.equal((await describe(plane, third)).state, "RUNNING");
});

test("asking for more than the machine has is granted less, and both numbers are told", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun(memory("2g", "4"));
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "RUNNING");
  assert.equal(
    run.stateDetails,
    "Granted 2 of 4 cores and 4.0 GiB of 6.0 GiB of memory asked: this machine has no more.",
  );
  assert.deepEqual(plane.engine.started[0]?.grant.granted, { cores: 2, memoryBytes: 4 * 2 ** 30 });
});

test("strict memory fails the run instead", async (context) => {
  const plane = await controlPlane(context, { strictMemory: true });
  const started = await plane.startRun(memory("5g"));
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "FAILED");
  assert.equal(run.failureReason, "USER_ERROR");
  assert.match(
    run.stateDetails ?? "",
    /does not have sufficient resources\. 5\.0 GiB of memory asked, 4\.0 GiB there/,
  );
  assert.equal(plane.engine.started.length, 0);
});

test("a run waits for its runtime without holding up others", async (context) => {
  const plane = await controlPlane(context);
  const { status } = plane.runtimes;
  plane.runtimes.status = { kind: "installing", progress: "downloading (41 %)" };
  const started = await plane.startRun();
  await plane.settle();
  assert.equal((await describe(plane, started)).stateDetails, "Waiting for Spark 3.5: downloading (41 %)");
  plane.runtimes.status = status;
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
});

test("a run that another Spark runs says so from its admission to its end", async (context) => {
  const plane = await controlPlane(context);
  const { status } = plane.runtimes;
  assert.ok(status.kind === "installed");
  const substitution = "Spark 4.0.5 stands in for 3.5: because.";
  plane.runtimes.status = { ...status, substitution };
  const started = await plane.startRun();
  await plane.settle();
  assert.equal((await describe(plane, started)).stateDetails, substitution);
  plane.engine.finish(tagOf(started), { code: 0 });
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "COMPLETED");
  assert.match(run.stateDetails ?? "", /^JobRun completed successfully.* Spark 4\.0\.5 stands in for 3\.5/);
});

test("a runtime that is missing or cannot be had fails the run with what to do", async (context) => {
  const plane = await controlPlane(context);
  plane.runtimes.status = { kind: "missing", command: "firesteel runtime install 3.5" };
  const started = await plane.startRun();
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.failureReason, "VALIDATION_ERROR");
  assert.equal(run.stateDetails, "Spark 3.5 is not installed: run 'firesteel runtime install 3.5'.");
});

test("a run that cannot be launched has failed with the engine's words", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  plane.engine.failLaunch(tagOf(started), new LaunchError("there is no java"));
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "FAILED");
  assert.equal(run.stateDetails, "there is no java");
});

test("a launch that fails for a while is tried again", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  plane.engine.failLaunch(tagOf(started), new Error("disk is slow"));
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "SUBMITTED");
  assert.equal(plane.failures.length, 1);
  plane.clock.advance(1_000);
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
});

test("a run that stays SUBMITTED too long fails as the service's do", async (context) => {
  const plane = await controlPlane(context);
  plane.engine.hold();
  const started = await plane.startRun();
  await plane.settle();
  plane.clock.advance(900_000);
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "FAILED");
  assert.equal(run.stateDetails, "cluster timeout");
  assert.equal(run.failureReason, "CLUSTER_UNAVAILABLE");
});

test("a run whose launch kept failing until its time was up says why; its own time-out counts", async (context) => {
  const plane = await controlPlane(context);
  const applicationConfiguration = [
    { classification: "emr-containers-defaults", properties: { "job-start-timeout": "60" } },
  ];
  const started = await plane.startRun({ configurationOverrides: { applicationConfiguration } });
  const fail = () => plane.engine.failLaunch(tagOf(started), new Error("the disk is full"));
  fail();
  await plane.settle();
  fail();
  plane.clock.advance(59_000);
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "SUBMITTED");
  fail();
  plane.clock.advance(2_000);
  await plane.settle();
  plane.clock.advance(60_000);
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "FAILED");
  assert.equal(run.stateDetails, "cluster timeout: the disk is full");
  assert.equal(plane.engine.started.length, 0);
});

test("a cancel before the launch launches nothing", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
  assert.equal((await describe(plane, started)).state, "CANCELLED");
  await plane.settle();
  assert.equal(plane.engine.started.length, 0);
});

test("a cancel of a running driver is CANCEL_PENDING until it is gone", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  await plane.settle();
  const cancelled = await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
  assert.equal(cancelled.state, "CANCEL_PENDING");
  await plane.emr.cancelJobRun(plane.context, started.cluster, started.run);
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "CANCELLED");
  await assert.rejects(plane.emr.cancelJobRun(plane.context, started.cluster, started.run), {
    message: `Job run ${started.run} is not in a cancellable state`,
  });
});

test("an engine that cannot tell changes nothing; one that does not know ends the run after a grace", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun();
  await plane.settle();
  plane.engine.setUnreachable("no answer");
  plane.clock.advance(NOT_FOUND_GRACE_MS * 10);
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
  plane.engine.setUnreachable(null);
  plane.engine.forget(tagOf(started));
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
  plane.clock.advance(NOT_FOUND_GRACE_MS);
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "FAILED");
  assert.equal(run.failureReason, "INTERNAL_ERROR");
});

test("logs grow by gzip members while the driver runs, and are complete before the state is final", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun(withLogs());
  await plane.settle();
  const tag = tagOf(started);
  plane.engine.write(tag, "driver", "stdout", "one\n");
  await plane.deliverLogs();
  const key = await stdoutKey(plane, started);
  assert.equal(await unzipped(plane, key), "one\n");
  plane.engine.write(tag, "driver", "stdout", "two\n");
  plane.engine.finish(tag, { code: 0 });
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "COMPLETED");
  assert.equal(await unzipped(plane, key), "one\ntwo\n");
  assert.equal(await unzipped(plane, key.replace("stdout", "stderr")), "");
  const stream = join(plane.directory, "logs", "jobs", "p", key.replace("prefix/", "").replace(".gz", ""));
  assert.equal(await readFile(stream, "utf8"), "one\ntwo\n");
});

test("logs that cannot be delivered are given up after a while, with the reason", async (context) => {
  const plane = await controlPlane(context);
  plane.buckets.appendAt = () => Promise.reject(new Error("no space left on device"));
  const started = await plane.startRun(withLogs());
  await plane.settle();
  plane.engine.finish(tagOf(started), { code: 0 });
  await plane.settle();
  assert.equal((await describe(plane, started)).state, "RUNNING");
  plane.clock.advance(61_000);
  await plane.settle();
  const run = await describe(plane, started);
  assert.equal(run.state, "COMPLETED");
  assert.match(run.stateDetails ?? "", /Logs are incomplete: no space left on device/);
});

for (const [what, logUri, reason] of [
  ["a key that no folder can hold", "s3://logs/file", /The key 'file\/.*' cannot be stored in buc/],
  ["a name that no bucket has", "s3://my_logs", /The specified bucket is not valid: 'my_logs'/],
  [
    "the service's samples",
    "s3://us-east-1.elasticmapreduce",
    /holds the service's samples and is read-only/,
  ],
  ["a bucket of another account", "s3://theirs/logs", /bucket theirs belongs to another account/],
] as const) {
  test(`nobody waits for logs that can never be delivered: ${what}`, async (context) => {
    const plane = await controlPlane(context);
    for (const name of ["logs", "theirs"]) await plane.buckets.create(name);
    await writeFile(join(plane.directory, "buckets", "logs", "file"), "");
    const theirs = { name: "theirs", account: accountId("210987654321"), createdAtMs: 0 };
    await plane.store.commit([{ kind: "bucket", ...theirs }]);
    const started = await plane.startRun(withLogs(logUri));
    await plane.settle();
    plane.engine.write(tagOf(started), "driver", "stdout", "one\n");
    plane.engine.finish(tagOf(started), { code: 0 });
    await plane.settle();
    const run = await describe(plane, started);
    assert.equal(run.state, "COMPLETED");
    assert.match(run.stateDetails ?? "", /Logs are incomplete: /);
    assert.match(run.stateDetails ?? "", reason);
    // The other target has all of it.
    const streams = await readdir(join(plane.directory, "logs", "jobs", "p"), { recursive: true });
    const stdout = streams.find((name) => name.endsWith("-driver/stdout")) ?? "";
    assert.equal(await readFile(join(plane.directory, "logs", "jobs", "p", stdout), "utf8"), "one\n");
  });
}

test("while a run goes on, a target that can never work is tried once and does not hold up the other", async (context) => {
  const plane = await controlPlane(context);
  const started = await plane.startRun(withLogs("s3://my_logs"));
  await plane.settle();
  await assert.rejects(plane.deliverLogs(), { code: "InvalidBucketName" });
  plane.engine.write(tagOf(started), "driver", "stdout", "two\n");
  await plane.deliverLogs();
  const streams = await readdir(join(plane.directory, "logs", "jobs", "p"), { recursive: true });
  const stdout = streams.find((name) => name.endsWith("-driver/stdout")) ?? "";
  assert.equal(await readFile(join(plane.directory, "logs", "jobs", "p", stdout), "utf8"), "two\n");
});

async function stdoutKey(plane: ControlPlane, { run }: Started): Promise<string> {
  const objects = await Array.fromAsync(plane.buckets.listObjects("logs", "prefix/"));
  const key = objects
    .map((object) => object.key)
    .find((name) => name.endsWith(`spark-${run}-driver/stdout.gz`));
  assert.ok(key, "the driver's stdout must be in the bucket");
  return key;
}

async function unzipped(plane: ControlPlane, key: string): Promise<string> {
  return gunzipSync(Buffer.concat(await Array.fromAsync(plane.buckets.read("logs", key)))).toString();
}

function sample() {
  return {
    name: null,
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/k.py" } },
    configurationOverrides: null,
  };
}
