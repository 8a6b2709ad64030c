import assert from "node:assert/strict";
import { test } from "node:test";
import { emrHttp } from "../../../test/support/emr-http.ts";
import { KEY_ID } from "../../../test/support/signed-http.ts";
import { DomainError, invalid } from "../../core/errors.ts";

const ARN = "arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/vc1";

test("the three operations answer in the model's shapes", async (t) => {
  const { call, calls } = emrHttp(t);
  const created = await call("CreatePersistentAppUI", {
    TargetResourceArn: ARN,
    EMRContainersConfig: { JobRunId: "run1" },
    ProfilerType: "SHS",
  });
  assert.deepEqual(created.body, { PersistentAppUIId: "p-run1", RuntimeRoleEnabledCluster: false });
  assert.match(String(created.headers["content-type"]), /^application\/x-amz-json-1\.1/);
  assert.ok(created.headers["x-amzn-requestid"]);
  assert.deepEqual(calls, [[ARN, "run1"]]);
  const described = await call("DescribePersistentAppUI", { PersistentAppUIId: "p-run1" });
  assert.deepEqual(described.body.PersistentAppUI, {
    PersistentAppUIId: "p-run1",
    PersistentAppUITypeList: ["SHS"],
    PersistentAppUIStatus: "ATTACHED",
    LastStateChangeReason: "Spark is starting.",
    Tags: [],
  });
  const opened = await call("GetPersistentAppUIPresignedURL", { PersistentAppUIId: "p-run1" });
  assert.deepEqual(opened.body, {
    PresignedURLReady: true,
    PresignedURL: "http://localhost/spark-ui/open?token=to%2Fken",
  });
});

test("a UI that is not there yet has no URL", async (t) => {
  const { call } = emrHttp(t, { openUi: async () => null });
  const { body } = await call("GetPersistentAppUIPresignedURL", { PersistentAppUIId: "p-run1" });
  assert.deepEqual(body, { PresignedURLReady: false });
});

test("a URL is in no audit record", async (t) => {
  const { http, call } = emrHttp(t);
  await call("CreatePersistentAppUI", { TargetResourceArn: ARN });
  await call("GetPersistentAppUIPresignedURL", { PersistentAppUIId: "p-run1" });
  const [created, opened] = http.audit;
  assert.deepEqual(
    [created?.eventSource, created?.eventName, created?.readOnly, created?.responseElements],
    [
      "elasticmapreduce.amazonaws.com",
      "CreatePersistentAppUI",
      false,
      { PersistentAppUIId: "p-run1", RuntimeRoleEnabledCluster: false },
    ],
  );
  assert.deepEqual([opened?.readOnly, opened?.responseElements], [true, null]);
  assert.ok(!JSON.stringify(http.audit).includes("ken"));
});

const refused: readonly [name: string, body: unknown, status: number, code: string, message: RegExp][] = [
  ["CreatePersistentAppUI", {}, 400, "InvalidRequestException", /'TargetResourceArn'/],
  [
    "CreatePersistentAppUI",
    { TargetResourceArn: "short" },
    400,
    "InvalidRequestException",
    /TargetResourceArn/,
  ],
  ["CreatePersistentAppUI", { TargetResourceArn: ARN, Tags: [] }, 400, "InvalidRequestException", /Tags/],
  [
    "CreatePersistentAppUI",
    { TargetResourceArn: ARN, XReferer: "x" },
    400,
    "InvalidRequestException",
    /XReferer/,
  ],
  [
    "CreatePersistentAppUI",
    { TargetResourceArn: ARN, ProfilerType: "YTS" },
    400,
    "InvalidRequestException",
    /ProfilerType/,
  ],
  ["CreatePersistentAppUI", { TargetResourceArn: ARN, New: 1 }, 400, "InvalidRequestException", /New/],
  ["CreatePersistentAppUI", "{", 400, "SerializationException", /JSON/],
  [
    "GetPersistentAppUIPresignedURL",
    { PersistentAppUIId: "p", PersistentAppUIType: "TEZ" },
    400,
    "InvalidRequestException",
    /PersistentAppUIType/,
  ],
  [
    "GetPersistentAppUIPresignedURL",
    { PersistentAppUIId: "p", AuthProxyCall: true },
    400,
    "InvalidRequestException",
    /AuthProxyCall/,
  ],
  [
    "GetPersistentAppUIPresignedURL",
    { PersistentAppUIId: "p", ApplicationId: "a" },
    400,
    "InvalidRequestException",
    /ApplicationId/,
  ],
  [
    "GetPersistentAppUIPresignedURL",
    { PersistentAppUIId: "p", ExecutionRoleArn: ARN },
    400,
    "InvalidRequestException",
    /ExecutionRoleArn/,
  ],
  ["ListClusters", {}, 501, "NotImplementedException", /^ListClusters is not implemented/],
  ["Glue.GetTables", {}, 404, "UnknownOperationException", /X-Amz-Target/],
  ["ElasticMapReduce.<script>", {}, 404, "UnknownOperationException", /X-Amz-Target/],
];
for (const [name, body, status, code, message] of refused) {
  test(`${name} refuses ${JSON.stringify(body).slice(0, 90)}`, async (t) => {
    const answer = await emrHttp(t).call(name, body);
    assert.deepEqual([answer.status, answer.body.__type], [status, code]);
    assert.match(answer.body.Message, message);
  });
}

test("a signature must be for this service and by a key that may sign", async (t) => {
  const { call, calls } = emrHttp(t);
  const body = { TargetResourceArn: ARN };
  for (const signer of [{ service: "emr-containers" }, { secret: "wrong" }, { keyId: `${KEY_ID}X` }]) {
    const { status } = await call("CreatePersistentAppUI", body, signer);
    assert.ok(status === 400 || status === 403, String(status));
  }
  assert.deepEqual(calls, []);
});

test("what use cases refuse is an InvalidRequestException, and what fails is not told", async (t) => {
  const failing = (error: Error) =>
    emrHttp(t, { openUi: async () => Promise.reject(error) }).call("GetPersistentAppUIPresignedURL", {
      PersistentAppUIId: "p-run1",
    });
  const none = await failing(invalid("Persistent app UI p-run1 doesn't exist."));
  assert.deepEqual(
    [none.status, none.body],
    [400, { __type: "InvalidRequestException", Message: "Persistent app UI p-run1 doesn't exist." }],
  );
  assert.equal((await failing(new DomainError("unavailable", "Try again."))).status, 503);
  const failed = await failing(new Error("a secret path"));
  assert.deepEqual([failed.status, failed.body.Message], [500, "Internal server error."]);
});
