import assert from "node:assert/strict";
import { test } from "node:test";
import { controlPlane } from "../../test/support/control-plane.ts";
import { sampleRequest } from "../../test/support/samples.ts";

const arnOf = (cluster: string, run?: string) =>
  `arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/${cluster}${run === undefined ? "" : `/jobruns/${run}`}`;

test("tags are added, overwritten, removed and listed", async (context) => {
  const { emr, context: call, startRun } = await controlPlane(context);
  const { cluster, run } = await startRun();
  for (const arn of [arnOf(cluster), arnOf(cluster, run)]) {
    await emr.tagResource(call, arn, { team: "data", env: "test" });
    await emr.tagResource(call, arn, { env: "prod" });
    await emr.untagResource(call, arn, ["team", "missing"]);
    assert.deepEqual(await emr.listTags(call, arn), { env: "prod" });
  }
  assert.deepEqual((await emr.describeJobRun(call, cluster, run)).tags, { env: "prod" });
});

test("concurrent changes of one resource's tags all count", async (context) => {
  const { emr, context: call, startRun } = await controlPlane(context);
  const { cluster } = await startRun();
  const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
  await Promise.all(keys.map((key) => emr.tagResource(call, arnOf(cluster), { [key]: "" })));
  assert.deepEqual(Object.keys(await emr.listTags(call, arnOf(cluster))).sort(), keys.sort());
});

test("what is unknown, ended or beyond the limits is refused", async (context) => {
  const { emr, context: call, startRun } = await controlPlane(context);
  const { cluster, run } = await startRun();
  await assert.rejects(emr.listTags(call, arnOf("nope")), { kind: "not-found" });
  await assert.rejects(emr.listTags(call, arnOf(cluster).replace("us-east-1", "eu-west-1")), {
    kind: "not-found",
  });
  const many = (prefix: string) =>
    Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`${prefix}${index}`, ""]));
  await emr.tagResource(call, arnOf(cluster), many("a"));
  await assert.rejects(emr.tagResource(call, arnOf(cluster), many("b")), {
    kind: "invalid",
    message: /at most 50 tags, not 52/,
  });
  await emr.cancelJobRun(call, cluster, run);
  await assert.rejects(emr.tagResource(call, arnOf(cluster, run), { a: "b" }), {
    kind: "invalid",
    message: /is CANCELLED/,
  });
  await emr.deleteVirtualCluster(call, cluster);
  assert.deepEqual(await emr.listTags(call, arnOf(cluster)), {});
  await assert.rejects(emr.tagResource(call, arnOf(cluster), { a: "b" }), {
    kind: "invalid",
    message: /is terminated/,
  });
});

test("tags are those of one resource, their case counts, and a resource is made with all of them or not at all", async (context) => {
  const { emr, context: call, startRun } = await controlPlane(context);
  const { cluster, run } = await startRun();
  await emr.tagResource(call, arnOf(cluster), { Team: "a", team: "b" });
  assert.deepEqual(await emr.listTags(call, arnOf(cluster)), { Team: "a", team: "b" });
  // emr-d.md D-038
  assert.deepEqual(await emr.listTags(call, arnOf(cluster, run)), {});

  const tags = [{ "aws:x": "y" }, { "AwS:x": "y" }, { x: "AWS:y" }, many(51)];
  for (const [index, bad] of tags.entries()) {
    const name = `bad-${index}`;
    const request = sampleRequest();
    await assert.rejects(
      emr.createVirtualCluster(call, {
        name,
        eksClusterId: "eks",
        namespace: name,
        clientToken: name,
        tags: bad,
      }),
      { kind: "invalid" },
    );
    await assert.rejects(
      emr.startJobRun(call, { virtualClusterId: cluster, clientToken: name, request, tags: bad }),
      { kind: "invalid" },
    );
  }
  const page = { maxResults: null, nextToken: null };
  assert.equal((await emr.listVirtualClusters(call, {}, page)).rows.length, 1);
  assert.equal((await emr.listJobRuns(call, cluster, {}, page)).rows.length, 1);
  await emr.startJobRun(call, {
    virtualClusterId: cluster,
    clientToken: "50",
    request: sampleRequest(),
    tags: many(50),
  });
});

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, ""]));
}
