import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import { EmrClient } from "./emr-client.ts";
import { collect } from "./lookup.ts";

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

describe("the EMR client", () => {
  const requests: { request: IncomingMessage; body: string }[] = [];
  let answers: Answer[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ request, body });
      const answer = answers.shift() ?? { body: "{}" };
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(answer.body);
    });
  });
  let client: EmrClient;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    client = clientOf(`http://127.0.0.1:${address.port}/`);
  });
  beforeEach(() => {
    requests.length = 0;
  });
  after(() => server.close());

  function clientOf(endpoint: string): EmrClient {
    const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
    return new EmrClient({ endpoint, region: "eu-west-1", credentials });
  }

  it("signs with Signature V4 for the region and service, with a client token of its own", async () => {
    answers = [{ body: '{"id":"v1","name":"n","arn":"a"}' }];
    await client.createVirtualCluster({ name: "n", eksClusterId: "e", namespace: "ns" });
    const [first] = requests;
    assert.match(
      first?.request.headers.authorization ?? "",
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/emr-containers\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/,
    );
    assert.equal(first?.request.headers["x-amz-security-token"], "token");
    assert.equal(first?.request.method, "POST");
    assert.equal(first?.request.url, "/virtualclusters");
    const body = JSON.parse(first?.body ?? "") as Record<string, unknown>;
    assert.match(String(body.clientToken), /^[0-9a-f-]{36}$/);
    assert.deepEqual(body.containerProvider, {
      type: "EKS",
      id: "e",
      info: { eksInfo: { namespace: "ns" } },
    });
  });

  it("reads lists to their last page, and stops early where fewer rows are wanted", async () => {
    const first = { body: '{"jobRuns":[{"id":"1"},{"id":"2"}],"nextToken":"t/1"}' };
    answers = [first, { body: '{"jobRuns":[{"id":"3"}]}' }];
    const runs = await collect(client.listJobRuns("v 1", { states: ["RUNNING", "PENDING"] }));
    assert.deepEqual(
      runs.map(({ id }) => id),
      ["1", "2", "3"],
    );
    assert.deepEqual(
      requests.map(({ request }) => request.url),
      [
        "/virtualclusters/v%201/jobruns?states=RUNNING&states=PENDING",
        "/virtualclusters/v%201/jobruns?states=RUNNING&states=PENDING&nextToken=t%2F1",
      ],
    );
    answers = [first];
    assert.equal((await collect(client.listJobRuns("v"), 2)).length, 2);
    assert.equal(requests.length, 3);
  });

  it("tells a refusal by its name on the wire", async () => {
    answers = [
      {
        status: 400,
        headers: { "x-amzn-errortype": "ValidationException:http://x" },
        body: '{"message":"bad id"}',
      },
    ];
    await assert.rejects(client.describeJobRun("v", "r"), {
      message: "ValidationException: bad id",
      code: "ValidationException",
      status: 400,
      exitCode: 1,
    });
  });

  it("says what to do about a key that the server does not know", async () => {
    answers = [
      {
        status: 403,
        headers: { "x-amzn-errortype": "UnrecognizedClientException" },
        body: '{"message":"no"}',
      },
    ];
    await assert.rejects(client.describeJobRun("v", "r"), { hint: /firesteel env/ });
  });

  it("ends with exit code 3 where something else answers, or nothing", async () => {
    answers = [{ body: "<html>" }];
    await assert.rejects(client.describeJobRun("v", "r"), { exitCode: 3, message: /not JSON/ });
    // Port 9 (discard) is not served; fetch refuses some other low ports by itself.
    await assert.rejects(clientOf("http://127.0.0.1:9").describeJobRun("v", "r"), {
      exitCode: 3,
      message: /^cannot reach the server at http:\/\/127\.0\.0\.1:9: /,
      hint: /firesteel server/,
    });
  });
});
