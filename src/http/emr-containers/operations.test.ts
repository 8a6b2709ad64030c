import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Compile } from "typebox/compile";
import { ROLE, refusalOf, SignedHttp } from "../../../test/support/signed-http.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../../contract/emr-containers/operations.ts";

const http = new SignedHttp();
before(() => http.app.ready());
after(() => http.close());
beforeEach(() => {
  http.calls.length = 0;
  http.audit.length = 0;
});

const ARN = "arn:aws:emr-containers:us-east-1:123456789012:/virtualclusters/vc1";
const VIRTUAL_CLUSTER = {
  id: "vc1",
  name: "my-cluster",
  arn: ARN,
  state: "RUNNING",
  containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "spark" } } },
  createdAt: "2026-11-22T06:00:00Z",
  tags: { team: "devs" },
};
const DESCRIBED = {
  ...VIRTUAL_CLUSTER,
  schedulerStatus: { currentInQueueJobRuns: 3, currentConcurrentJobRuns: 2 },
};
const JOB_RUN = {
  id: "run1",
  virtualClusterId: "vc1",
  arn: `${ARN}/jobruns/run1`,
  state: "PENDING",
  clientToken: "token",
  executionRoleArn: ROLE,
  releaseLabel: "emr-7.7.0-latest",
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/job.py" } },
  createdAt: "2026-11-22T06:00:00Z",
  createdBy: "arn:aws:iam::123456789012:user/admin",
  tags: {},
};
const OVERRIDES = {
  applicationConfiguration: [
    { classification: "spark-defaults", properties: { "spark.driver.memory": "2G" } },
    { classification: "spark-env", configurations: [{ classification: "export", properties: { A: "b" } }] },
  ],
  monitoringConfiguration: {
    persistentAppUI: "ENABLED",
    cloudWatchMonitoringConfiguration: {
      logGroupName: "my_log_group",
      logStreamNamePrefix: "log_stream_prefix",
    },
    s3MonitoringConfiguration: { logUri: "s3://my_s3_log_location" },
  },
};

describe("an operation", () => {
  it("CreateVirtualCluster", async () => {
    const containerProvider = { type: "EKS", id: "eks", info: { eksInfo: { namespace: "spark" } } };
    const body = { name: "my-cluster", containerProvider, clientToken: "token", tags: { a: "", größe: "✓" } };
    const response = await http.send({ path: "/virtualclusters", body });
    assert.deepEqual(
      [response.statusCode, response.json()],
      [200, { id: "vc1", name: "my-cluster", arn: ARN }],
    );
    const { tags } = body;
    assert.deepEqual(http.calls, [
      [
        "createVirtualCluster",
        { name: "my-cluster", eksClusterId: "eks", namespace: "spark", clientToken: "token", tags },
      ],
    ]);
  });

  it("DescribeVirtualCluster", async () => {
    const response = await http.send({ path: "/virtualclusters/vc1" });
    assert.deepEqual([response.statusCode, response.json()], [200, { virtualCluster: DESCRIBED }]);
    assert.deepEqual(http.calls, [["describeVirtualCluster", "vc1"]]);
  });

  it("UpdateVirtualCluster", async () => {
    const bodies = [
      { clientToken: "t", schedulerConfiguration: { maxConcurrentJobRuns: 2 } },
      { clientToken: "t", schedulerConfiguration: {} },
      { clientToken: "t" },
    ];
    for (const body of bodies) {
      const response = await http.send({ method: "PATCH", path: "/virtualclusters/vc1", body });
      assert.deepEqual([response.statusCode, response.json()], [200, { virtualCluster: DESCRIBED }]);
    }
    const update = { id: "vc1", clientToken: "t" };
    const none = { maxConcurrentJobRuns: null, maxInQueueJobRuns: null };
    assert.deepEqual(http.calls, [
      ["updateVirtualCluster", { ...update, limits: { ...none, maxConcurrentJobRuns: 2 } }],
      ["updateVirtualCluster", { ...update, limits: none }],
      ["updateVirtualCluster", update],
    ]);
  });

  it("ListVirtualClusters", async () => {
    const response = await http.send({ path: "/virtualclusters" });
    assert.deepEqual(response.json(), { virtualClusters: [VIRTUAL_CLUSTER], nextToken: "next" });
    const query =
      "states=RUNNING&states=ARRESTED&containerProviderId=eks&containerProviderType=EKS&maxResults=7&nextToken=a%2Bb%3D" +
      "&eksAccessEntryIntegrated=false&createdAfter=2026-11-22T06%3A00%3A00Z&createdBefore=2026-11-22T07%3A00%3A00.5%2B01%3A00";
    await http.send({ path: `/virtualclusters?${query}` });
    const filter = {
      eksClusterId: "eks",
      createdAfterMs: Date.UTC(2026, 10, 22, 6),
      createdBeforeMs: Date.UTC(2026, 10, 22, 6) + 500,
      states: ["RUNNING", "ARRESTED"],
      eksAccessEntryIntegrated: false,
    };
    assert.deepEqual(http.calls, [
      ["listVirtualClusters", {}, { maxResults: null, nextToken: null }],
      ["listVirtualClusters", filter, { maxResults: 7, nextToken: "a+b=" }],
    ]);
  });

  it("DeleteVirtualCluster, also with an empty body", async () => {
    for (const body of [undefined, ""]) {
      const response = await http.send({
        method: "DELETE",
        path: "/virtualclusters/vc1",
        ...(body === "" && { body }),
      });
      assert.deepEqual([response.statusCode, response.json()], [200, { id: "vc1" }]);
    }
    assert.deepEqual(http.calls, [
      ["deleteVirtualCluster", "vc1"],
      ["deleteVirtualCluster", "vc1"],
    ]);
  });

  it("StartJobRun", async () => {
    const request = {
      name: "myjob",
      executionRoleArn: ROLE,
      releaseLabel: "emr-6.2.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: "s3://bucket/größe.py",
          entryPointArguments: ["argument 1", "日本"],
          sparkSubmitParameters: "--class Main --conf a=b\n --conf c=\\\n d",
        },
      },
      configurationOverrides: OVERRIDES,
    };
    const body = { ...request, clientToken: "token", tags: { a: "b" } };
    const response = await http.send({ path: "/virtualclusters/vc1/jobruns", body });
    const answer = { id: "run1", arn: `${ARN}/jobruns/run1`, virtualClusterId: "vc1" };
    assert.deepEqual([response.statusCode, response.json()], [200, answer]);
    assert.deepEqual(http.calls, [
      ["startJobRun", { virtualClusterId: "vc1", clientToken: "token", request, tags: { a: "b" } }],
    ]);
  });

  it("takes a null for an absent member", async () => {
    const jobDriver = {
      sparkSubmitJobDriver: { entryPoint: "s3://b/k", sparkSubmitParameters: null },
      sparkSqlJobDriver: null,
    };
    const body = {
      name: null,
      executionRoleArn: ROLE,
      releaseLabel: "x",
      jobDriver,
      clientToken: "t",
      jobTemplateId: null,
    };
    const response = await http.send({ path: "/virtualclusters/vc1/jobruns", body });
    assert.equal(response.statusCode, 200, response.body);
    const request = {
      name: null,
      executionRoleArn: ROLE,
      releaseLabel: "x",
      jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://b/k" } },
      configurationOverrides: null,
    };
    assert.deepEqual(http.calls, [
      ["startJobRun", { virtualClusterId: "vc1", clientToken: "t", request, tags: {} }],
    ]);
  });

  it("DescribeJobRun", async () => {
    const response = await http.send({ path: "/virtualclusters/vc1/jobruns/run1" });
    assert.deepEqual([response.statusCode, response.json()], [200, { jobRun: JOB_RUN }]);
    assert.deepEqual(http.calls, [["describeJobRun", "vc1", "run1"]]);
  });

  it("ListJobRuns", async () => {
    const response = await http.send({
      path: "/virtualclusters/vc1/jobruns?states=RUNNING&states=PENDING&name=a%2Fb",
    });
    const { jobDriver: _driver, ...listed } = JOB_RUN;
    assert.deepEqual([response.statusCode, response.json()], [200, { jobRuns: [listed] }]);
    const filter = { name: "a/b", states: ["RUNNING", "PENDING"] };
    assert.deepEqual(http.calls, [["listJobRuns", "vc1", filter, { maxResults: null, nextToken: null }]]);
  });

  it("CancelJobRun", async () => {
    const response = await http.send({ method: "DELETE", path: "/virtualclusters/vc1/jobruns/run1" });
    assert.deepEqual([response.statusCode, response.json()], [200, { id: "run1", virtualClusterId: "vc1" }]);
    assert.deepEqual(http.calls, [["cancelJobRun", "vc1", "run1"]]);
  });

  it("answers with what its contract says", async () => {
    const paths = {
      DescribeVirtualCluster: "/virtualclusters/vc1",
      ListVirtualClusters: "/virtualclusters",
      DescribeJobRun: "/virtualclusters/vc1/jobruns/run1",
      ListJobRuns: "/virtualclusters/vc1/jobruns",
    } as const;
    for (const [name, path] of Object.entries(paths)) {
      const schema = EMR_CONTAINERS_OPERATIONS[name as keyof typeof paths].response;
      const body: unknown = (await http.send({ path })).json();
      assert.deepEqual(Compile(schema).Errors(body), [], name);
    }
  });
});

describe("an operation that is not implemented", () => {
  for (const operation of Object.values(EMR_CONTAINERS_OPERATIONS)) {
    if (operation.implemented) continue;
    it(`${operation.name} answers 501 with its name`, async () => {
      const path = operation.path
        .replace("{resourceArn}", encodeURIComponent(ARN))
        .replace(/\{\w+\}/g, "abc");
      const { method } = operation;
      const body = method === "POST" || method === "PATCH" ? { body: {} } : {};
      assert.deepEqual(refusalOf(await http.send({ method, path, ...body })), [
        501,
        "NotImplementedException",
        {
          message: `${operation.name} is not implemented by this server.`,
          __type: "NotImplementedException",
        },
      ]);
      assert.equal(http.audit.at(-1)?.errorCode, "NotImplementedException");
      const unsigned = await http.app.inject({ method, url: path });
      assert.equal(unsigned.statusCode, 403);
    });
  }

  it("leaves 12 of the model's 25 to be served", () => {
    const operations = Object.entries(EMR_CONTAINERS_OPERATIONS);
    assert.equal(operations.length, 25);
    assert.equal(operations.filter(([, { implemented }]) => implemented).length, 12);
    for (const [name, operation] of operations) assert.equal(operation.name, name);
  });
});
