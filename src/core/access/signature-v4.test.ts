import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DomainError } from "../errors.ts";
import { bodySha256, verifySignature } from "./signature-v4.ts";
import { readSignature } from "./signature-v4-claim.ts";
import { deriveSigningKey, signingKeyCache } from "./signature-v4-keys.ts";
import type { RequestHead } from "./signature-v4-request.ts";
import vectors from "./testdata/signature-vectors.json" with { type: "json" };

const NOW = Date.parse(vectors.now);
const SERVICE = "emr-containers";
const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

interface SignedRequest extends RequestHead {
  readonly body: string;
}

const requests = vectors.requests.map((request): SignedRequest & { name: string } => ({
  ...request,
  headers: request.headers.map(([name = "", value = ""]): [string, string] => [name, value]),
}));

function verify(request: SignedRequest, nowMs = NOW, secret = vectors.secret): void {
  const claim = readSignature(request, SERVICE, nowMs);
  verifySignature(claim, request, bodySha256(Buffer.from(request.body)), deriveSigningKey(claim, secret));
}

function refusal(request: SignedRequest, nowMs = NOW, secret = vectors.secret): [string | null, string] {
  try {
    verify(request, nowMs, secret);
  } catch (error) {
    assert.ok(error instanceof DomainError);
    assert.equal(error.kind, "unauthenticated");
    return [error.code, error.message];
  }
  throw new assert.AssertionError({ message: "the request was accepted" });
}

function named(name: string): SignedRequest {
  const found = requests.find((request) => request.name === name);
  assert.ok(found, `no vector called ${name}`);
  return found;
}

function withHeader(
  request: SignedRequest,
  name: string,
  change: (value: string) => string | null,
): SignedRequest {
  const headers = request.headers.flatMap(([key, value]): [string, string][] => {
    if (key.toLowerCase() !== name) return [[key, value]];
    const changed = change(value);
    return changed === null ? [] : [[key, changed]];
  });
  return { ...request, headers };
}

const START = named("start_job_run 5");
const LIST = named("repeated values");

describe("signatures made by botocore", () => {
  for (const request of requests) {
    it(`accepts: ${request.name}`, () => verify(request));
    it(`refuses with another secret: ${request.name}`, () => {
      assert.deepEqual(refusal(request, NOW, `${vectors.secret}x`), ["InvalidSignatureException", MISMATCH]);
    });
  }
});

describe("a changed request", () => {
  const replaceAt = (text: string, index: number) =>
    text.slice(0, index) + (text[index] === "a" ? "b" : "a") + text.slice(index + 1);

  it("is refused for any changed character of method, path, query and body", () => {
    let refused = 0;
    for (const request of requests) {
      for (const part of ["path", "query", "body"] as const) {
        for (let index = part === "path" ? 1 : 0; index < request[part].length; index += 1) {
          const changed = { ...request, [part]: replaceAt(request[part], index) };
          // A changed digit after % may spell the same character in the query: that is the same request.
          if (part === "query" && sameQuery(request.query, changed.query)) continue;
          assert.equal(
            refusal(changed)[0],
            "InvalidSignatureException",
            `${request.name}: ${part} ${changed[part]}`,
          );
          refused += 1;
        }
      }
      refusal({ ...request, method: request.method === "GET" ? "DELETE" : "GET" });
    }
    assert.ok(refused > 1000, `${refused} changed requests were tried`);
  });

  it("is refused for any changed character of the authorization and every signed header", () => {
    for (const request of requests) {
      const authorization = request.headers.find(([name]) => name === "Authorization")?.[1] ?? "";
      const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
      for (let index = 0; index < authorization.length; index += 1) {
        const changed = withHeader(request, "authorization", (value) => replaceAt(value, index));
        if (/Credential=\w+\//.test(authorization) && index >= 28 && index < 28 + vectors.accessKeyId.length)
          continue;
        refusal(changed);
      }
      for (const name of signed) {
        refusal(withHeader(request, name, (value) => `${value}0`));
        refusal(withHeader(request, name, () => null));
      }
    }
  });

  it("is refused for a path that signers would normalise to the signed one", () => {
    const request = named("describe_virtual_cluster 1");
    for (const path of [
      "/virtualclusters//abc",
      "//virtualclusters/abc",
      "/./virtualclusters/abc",
      "/virtualclusters/./abc",
      "/x/../virtualclusters/abc",
      "/virtualclusters/abc/x/..",
      "/virtualclusters/abc/.",
      "/virtualclusters/abc/",
      "/virtualclusters/abc#",
      "/virtualclusters/%61bc",
      "virtualclusters/abc",
      "",
    ]) {
      assert.deepEqual(refusal({ ...request, path }), ["InvalidSignatureException", MISMATCH], path);
    }
  });

  it("is refused for added, dropped and malformed query parameters", () => {
    for (const query of [
      "",
      `${LIST.query}&`,
      `${LIST.query}&states=C`,
      "states=B&states=A&name=x",
      `${LIST.query}&%`,
    ]) {
      assert.deepEqual(refusal({ ...LIST, query }), ["InvalidSignatureException", MISMATCH], query);
    }
    verify({ ...LIST, query: "name=x&states=A&states=B&states=%c3%a9" });
  });

  it("is refused for an x-amz header that was added and not signed", () => {
    const request = { ...START, headers: [...START.headers, ["X-Amz-Target", "x"] as const] };
    assert.deepEqual(refusal(request), [
      "InvalidSignatureException",
      "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    ]);
  });

  it("is refused for a second line of a header that counts once", () => {
    for (const name of ["Host", "X-Amz-Date", "Authorization"]) {
      const value = START.headers.find(([key]) => key === name)?.[1] ?? "";
      const request = { ...START, headers: [...START.headers, [name, value] as const] };
      assert.deepEqual(refusal(request)[0], "IncompleteSignatureException", name);
    }
  });

  it("is refused for a content hash that is not the body's", () => {
    const request = named("content hash");
    assert.deepEqual(refusal({ ...request, body: '{"a":2}' }), ["InvalidSignatureException", MISMATCH]);
    refusal(withHeader(request, "x-amz-content-sha256", () => "UNSIGNED-PAYLOAD"));
  });
});

function sameQuery(one: string, other: string): boolean {
  const pairs = (query: string) => JSON.stringify([...new URLSearchParams(query)].sort());
  return pairs(one) === pairs(other);
}

describe("the time of a signature", () => {
  it("may be five minutes away and no more", () => {
    const minutes = (n: number) => NOW + n * 60_000;
    verify(START, minutes(5));
    verify(START, minutes(-5));
    assert.deepEqual(refusal(START, minutes(5) + 1000), [
      "InvalidSignatureException",
      "Signature expired: 20261122T060000Z is now earlier than 20261122T060001Z (20261122T060501Z - 5 min.)",
    ]);
    assert.deepEqual(refusal(START, minutes(-5) - 1000), [
      "InvalidSignatureException",
      "Signature not yet current: 20261122T060000Z is still later than 20261122T055959Z (20261122T055459Z + 5 min.)",
    ]);
  });

  it("must be a real one in basic format", () => {
    for (const date of ["20261122", "20261332T060000Z", "2026-11-22T06:00:00Z", ""]) {
      const [code, message] = refusal(withHeader(START, "x-amz-date", () => date));
      assert.equal(code, "IncompleteSignatureException");
      assert.match(message, /^Date must be in ISO-8601 'basic format'\. Got/);
    }
  });

  it("must be given", () => {
    assert.deepEqual(refusal(withHeader(START, "x-amz-date", () => null)), [
      "IncompleteSignatureException",
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    ]);
  });
});

describe("a request without a usable signature", () => {
  const authorized = (change: (value: string) => string | null) =>
    refusal(withHeader(START, "authorization", change));
  const cases: [string, () => [string | null, string], [string, string]][] = [
    [
      "none",
      () => authorized(() => null),
      ["MissingAuthenticationTokenException", "Missing Authentication Token"],
    ],
    [
      "another scheme",
      () => authorized(() => "Bearer x"),
      ["MissingAuthenticationTokenException", "Missing Authentication Token"],
    ],
    [
      "no parameters",
      () => authorized(() => "AWS4-HMAC-SHA256"),
      [
        "IncompleteSignatureException",
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.",
      ],
    ],
    [
      "a parameter without a value",
      () => authorized((value) => value.replace("Signature=", "Signature")),
      [
        "IncompleteSignatureException",
        "'SignatureX' not a valid key=value pair (missing equal-sign) in Authorization header.",
      ],
    ],
    [
      "another algorithm",
      () => authorized((value) => value.replace("SHA256", "SHA1")),
      [
        "IncompleteSignatureException",
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1' (only AWS4-HMAC-SHA256 for now).",
      ],
    ],
    [
      "a short credential",
      () => authorized((value) => value.replace("/aws4_request", "")),
      [
        "IncompleteSignatureException",
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAIOSFODNN7EXAMPLE/20261122/us-west-2/emr-containers'",
      ],
    ],
    [
      "a credential of other things",
      () =>
        authorized((value) =>
          value.replace("20261122/us-west-2/emr-containers/aws4_request", "20261121/US_1/s3/aws"),
        ),
      [
        "InvalidSignatureException",
        "Credential should be scoped to a valid region, not 'US_1'. Credential should be scoped to correct service: 'emr-containers'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T060000Z'.",
      ],
    ],
    [
      "an unsigned host",
      () => authorized((value) => value.replace("host;", "")),
      ["InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization."],
    ],
    [
      "a session token",
      () =>
        refusal({
          ...withHeader(START, "authorization", (value) =>
            value.replace("host;x-amz-date", "host;x-amz-date;x-amz-security-token"),
          ),
          headers: [
            ...withHeader(START, "authorization", (value) =>
              value.replace("host;x-amz-date", "host;x-amz-date;x-amz-security-token"),
            ).headers,
            ["X-Amz-Security-Token", "token"],
          ],
        }),
      ["UnrecognizedClientException", "The security token included in the request is invalid."],
    ],
    [
      "a presigned query",
      () =>
        refusal({
          ...withHeader(LIST, "authorization", () => null),
          query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00",
        }),
      [
        "IncompleteSignatureException",
        "Signatures in the query string (X-Amz-Signature) are not supported: sign the request with an Authorization header.",
      ],
    ],
  ];
  for (const [name, run, [code, message]] of cases) {
    it(`is refused: ${name}`, () => {
      const [actualCode, actualMessage] = run();
      assert.equal(actualCode, code);
      assert.equal(actualMessage.replace(/Signature[0-9a-f]{64}/, "SignatureX"), message);
    });
  }
});

describe("signing keys", () => {
  const scope = { accessKeyId: "A", date: "20261122", region: "us-east-1", service: SERVICE };

  it("are derived once, again for another secret, and forgotten when there are too many", () => {
    const keys = signingKeyCache(2);
    const first = keys.get(scope, "s");
    assert.equal(keys.get(scope, "s"), first);
    assert.notDeepEqual(keys.get(scope, "t"), first);
    const second = keys.get(scope, "s");
    keys.get({ ...scope, region: "b" }, "s");
    keys.get({ ...scope, region: "c" }, "s");
    assert.notEqual(keys.get(scope, "s"), second);
    assert.deepEqual(keys.get(scope, "s"), first);
  });
});
