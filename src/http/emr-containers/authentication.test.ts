import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { KEY_ID, refusalOf, SECRET, SignedHttp } from "../../../test/support/signed-http.ts";
import vectors from "../../core/access/testdata/signature-vectors.json" with { type: "json" };

const http = new SignedHttp();
before(() => http.app.listen({ host: "127.0.0.1", port: 0 }));
after(() => http.close());
beforeEach(() => {
  http.calls.length = 0;
  http.audit.length = 0;
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown>;
}

/** Sends bytes as given over a real connection, so that no client library touches path or headers. */
async function sendRaw(
  method: string,
  target: string,
  headers: readonly string[],
  body = "",
): Promise<Answer> {
  const address = http.app.server.address() as AddressInfo; // it listens on TCP
  const length = body === "" && method !== "POST" ? [] : ["Content-Length", String(Buffer.byteLength(body))];
  const raw = headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== "content-length");
  const sent = httpRequest({
    host: "127.0.0.1",
    port: address.port,
    method,
    path: target,
    headers: [...raw, ...length],
  });
  sent.end(body);
  const [response]: IncomingMessage[] = await once(sent, "response");
  assert.ok(response);
  const text = (await response.toArray()).join("");
  return { status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) };
}

/** What the clients' calls of the recording are answered: a use case's answer, or a refusal after authentication. */
const EXPECTED: Readonly<Record<string, string | number>> = {
  create_virtual_cluster: 200,
  describe_virtual_cluster: 200,
  list_virtual_clusters: 200,
  delete_virtual_cluster: "ValidationException",
  start_job_run: 200,
  list_job_runs: 200,
  describe_job_run: 200,
  cancel_job_run: "ValidationException",
  tag_resource: 200,
  // It holds an empty key.
  untag_resource: "ValidationException",
  list_tags_for_resource: 200,
};

describe("requests recorded from boto3's client", () => {
  for (const vector of vectors.requests) {
    const expected = EXPECTED[vector.name.replace(/ \d+$/, "")];
    if (expected === undefined) continue;
    const target = vector.query === "" ? vector.path : `${vector.path}?${vector.query}`;
    it(`${vector.name} is authenticated`, async () => {
      const answer = await sendRaw(vector.method, target, vector.headers.flat(), vector.body);
      assert.equal(
        answer.status === 200 ? 200 : answer.headers["x-amzn-errortype"],
        expected,
        JSON.stringify(answer.body),
      );
      assert.equal(http.audit.at(-1)?.awsRegion, "us-west-2");
    });
    it(`${vector.name} is refused with one byte more`, async () => {
      const more = vector.body === "" ? `${target}${vector.query === "" ? "?" : "&"}a=b` : target;
      const body = vector.body === "" ? "" : `${vector.body} `;
      const answer = await sendRaw(vector.method, more, vector.headers.flat(), body);
      assert.deepEqual(
        [answer.status, answer.headers["x-amzn-errortype"]],
        [403, "InvalidSignatureException"],
      );
      assert.deepEqual(http.calls, []);
    });
  }
});

describe("a refused caller", () => {
  const cases: [string, () => ReturnType<typeof http.send>, [number, string, string]][] = [
    [
      "without a signature",
      () => http.app.inject({ url: "/virtualclusters" }),
      [403, "MissingAuthenticationTokenException", "Missing Authentication Token"],
    ],
    [
      "with an unknown key",
      () => http.send({ path: "/virtualclusters", signer: { keyId: "AKIAUNKNOWN" } }),
      [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
    ],
    [
      "with another secret",
      () => http.send({ path: "/virtualclusters", signer: { secret: "wrong" } }),
      [
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
      ],
    ],
    [
      "who signs for another service",
      () => http.send({ path: "/virtualclusters", signer: { service: "s3" } }),
      [403, "InvalidSignatureException", "Credential should be scoped to correct service: 'emr-containers'."],
    ],
    [
      "with half a signature",
      () =>
        http.app.inject({
          url: "/virtualclusters",
          headers: { authorization: "AWS4-HMAC-SHA256 Credential=x" },
        }),
      [
        400,
        "IncompleteSignatureException",
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
      ],
    ],
  ];
  for (const [name, send, [status, code, message]] of cases) {
    it(name, async () => {
      const response = await send();
      assert.deepEqual(refusalOf(response), [status, code, { message, __type: code }]);
      assert.match(String(response.headers["x-amzn-requestid"]), /^id-\d+$/);
      assert.deepEqual(http.calls, []);
      const [record] = http.audit;
      assert.equal(http.audit.length, 1);
      assert.deepEqual(
        [record?.errorCode, record?.errorMessage, record?.eventName],
        [code, message, "ListVirtualClusters"],
      );
      assert.equal(record?.requestParameters, null);
      assert.ok(!JSON.stringify(record).includes(SECRET));
    });
  }

  it("learns nothing of a body that is not signed", async () => {
    const response = await http.app.inject({ method: "POST", url: "/virtualclusters", payload: "{broken" });
    assert.equal(response.headers["x-amzn-errortype"], "MissingAuthenticationTokenException");
  });
});

describe("a route that no operation has", () => {
  const message = "No operation of emr-containers has the method and path of this request.";
  const unknown = [404, "UnknownOperationException", { message, __type: "UnknownOperationException" }];

  it("is an unknown operation for a signed request and under the dialect's paths", async () => {
    assert.deepEqual(refusalOf(await http.send({ path: "/nothing" })), unknown);
    assert.deepEqual(
      refusalOf(await http.send({ method: "PUT", path: "/virtualclusters", body: {} })),
      unknown,
    );
    assert.deepEqual(refusalOf(await http.app.inject({ url: "/virtualclusters/a/b/c?d" })), unknown);
    assert.deepEqual(refusalOf(await http.app.inject({ url: "/virtualclusters/%zz" })), unknown);
  });

  it("is nothing for anybody else", async () => {
    const response = await http.app.inject({ url: "/nothing" });
    assert.deepEqual(
      [response.statusCode, response.json()],
      [404, { message: "There is nothing at this path." }],
    );
    assert.match(String(response.headers["x-request-id"]), /^id-/);
  });
});

describe("a body over the limit", () => {
  it("is refused by its stated length", async () => {
    const response = await http.send({ path: "/virtualclusters", body: " ".repeat(1024 * 1024 + 1) });
    const message = "The request body is larger than this server takes.";
    const code = "RequestEntityTooLargeException";
    assert.deepEqual(refusalOf(response), [413, code, { message, __type: code }]);
  });
});

describe("the audit record", () => {
  const USER = {
    type: "IAMUser",
    principalId: "arn:aws:iam::123456789012:user/admin",
    arn: "arn:aws:iam::123456789012:user/admin",
    accountId: "123456789012",
    accessKeyId: KEY_ID,
    userName: "admin",
  };

  it("has the shape of CloudTrail's", async () => {
    await http.send({
      path: "/virtualclusters/vc1/jobruns?maxResults=5",
      headers: { "user-agent": "test/1" },
    });
    const [record] = http.audit;
    assert.match(String(record?.requestID), /^id-\d+$/);
    assert.match(String(record?.eventID), /^id-\d+$/);
    assert.deepEqual(record, {
      eventVersion: "1.05",
      userIdentity: USER,
      eventTime: "2026-11-22T06:00:00Z",
      eventSource: "emr-containers.amazonaws.com",
      eventName: "ListJobRuns",
      awsRegion: "us-east-1",
      sourceIPAddress: "127.0.0.1",
      userAgent: "test/1",
      requestParameters: { virtualClusterId: "vc1", maxResults: 5 },
      responseElements: null,
      requestID: record?.requestID,
      eventID: record?.eventID,
      readOnly: true,
      eventType: "AwsApiCall",
      recipientAccountId: "123456789012",
    });
  });

  it("hides what the model calls sensitive and keeps the answer of a change", async () => {
    const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    const role = "arn:aws:iam::123456789012:role/job";
    const secret = "s3cr3t";
    const body = {
      clientToken: "token",
      executionRoleArn: role,
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: secret,
          entryPointArguments: [secret],
          sparkSubmitParameters: secret,
        },
      },
      configurationOverrides: {
        applicationConfiguration: [{ classification: "a", properties: { key: secret } }],
      },
      tags: { a: "b" },
    };
    const response = await http.send({ path: "/virtualclusters/vc1/jobruns", body });
    const [record] = http.audit;
    assert.ok(!JSON.stringify(record).includes(secret));
    assert.deepEqual(record?.requestParameters, {
      ...body,
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: hidden,
          entryPointArguments: [hidden],
          sparkSubmitParameters: hidden,
        },
      },
      configurationOverrides: {
        applicationConfiguration: [{ classification: "a", properties: { key: hidden } }],
      },
      virtualClusterId: "vc1",
    });
    assert.deepEqual(record?.responseElements, response.json());
    assert.equal(record?.readOnly, false);
  });
});
