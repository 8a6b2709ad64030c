import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RouteOptions } from "fastify";
import { Registry } from "prom-client";
import { noState, recordingUseCases, refusalOf, SignedHttp } from "../../test/support/signed-http.ts";
import { DomainError, type DomainErrorKind } from "../core/errors.ts";
import { createLogger } from "./shared/logger.ts";

function logLines(): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  return { lines, logger: createLogger("info", { write: (line: string) => lines.push(line) }) };
}

describe("the server's own routes", () => {
  it("tells that it lives and whether it is ready", async (t) => {
    let problem: Error | null = new Error("database at /private/path is down");
    const { lines, logger } = logLines();
    const http = new SignedHttp({
      logger,
      ready: async () => {
        if (problem !== null) throw problem;
      },
    });
    t.after(() => http.close());
    const health = await http.app.inject({ url: "/healthz" });
    assert.deepEqual([health.statusCode, health.json()], [200, { status: "ok" }]);
    assert.match(String(health.headers["x-request-id"]), /^id-/);
    const unready = await http.app.inject({ url: "/readyz" });
    assert.deepEqual([unready.statusCode, unready.json()], [503, { status: "not ready" }]);
    assert.ok(lines.some((line) => line.includes("database at /private/path is down")));
    problem = null;
    assert.deepEqual((await http.app.inject({ url: "/readyz" })).json(), { status: "ready" });
  });

  it("counts requests by operation, status and time", async (t) => {
    const metrics = new Registry();
    const http = new SignedHttp({ metrics });
    t.after(() => http.close());
    await http.send({ path: "/virtualclusters/vc1" });
    await http.send({ path: "/virtualclusters/VC1" });
    await http.app.inject({ url: "/nothing" });
    const response = await http.app.inject({ url: "/metrics" });
    assert.match(String(response.headers["content-type"]), /^text\/plain/);
    const count = (labels: string) => `firesteel_http_requests_total{${labels}} 1`;
    for (const line of [
      count('dialect="emr-containers",operation="DescribeVirtualCluster",status="200"'),
      count('dialect="emr-containers",operation="DescribeVirtualCluster",status="400"'),
      count('dialect="none",operation="unknown",status="404"'),
      'firesteel_http_request_duration_seconds_count{dialect="emr-containers",operation="DescribeVirtualCluster"} 2',
    ]) {
      assert.ok(response.body.includes(line), `${line} is missing in\n${response.body}`);
    }
  });

  it("shows metrics and description to this machine only", async (t) => {
    const http = new SignedHttp();
    t.after(() => http.close());
    const others = [
      { remoteAddress: "192.0.2.1" },
      { remoteAddress: "2001:db8::1" },
      { headers: { host: "rebound.example" } },
      { headers: { "x-forwarded-for": "192.0.2.1" } },
    ];
    for (const url of ["/metrics", "/openapi.json"]) {
      for (const other of others) {
        const response = await http.app.inject({ url, ...other });
        assert.equal(response.statusCode, 403, JSON.stringify(other));
        assert.deepEqual(response.json(), { message: `${url} answers requests from this machine only.` });
      }
      for (const remoteAddress of ["127.0.0.1", "::1", "::ffff:127.0.0.2"]) {
        const headers = { host: "127.0.0.1:7070" };
        assert.equal((await http.app.inject({ url, remoteAddress, headers })).statusCode, 200, remoteAddress);
      }
    }
  });
});

describe("/openapi.json", () => {
  it("has every served route and no other", async (t) => {
    const http = new SignedHttp();
    t.after(() => http.close());
    const served: string[] = [];
    // The hook must be there before the plugins load, which they do on ready().
    http.app.addHook("onRoute", ({ method, url }: RouteOptions) => {
      for (const one of [method].flat()) served.push(`${one} ${url.replace(/:(\w+)/g, "{$1}")}`);
    });
    await http.app.ready();
    const document = (await http.app.inject({ url: "/openapi.json" })).json();
    const documented = Object.entries<object>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual(documented.sort(), served.sort());
    assert.equal(served.length, 34);
    assert.deepEqual([document.openapi, document.info.version], ["3.1.0", "1.2.3"]);
    const start = document.paths["/virtualclusters/{virtualClusterId}/jobruns"].post;
    assert.equal(start.operationId, "StartJobRun");
    assert.deepEqual(start.requestBody.content["application/json"].schema.required, [
      "clientToken",
      "executionRoleArn",
      "releaseLabel",
      "jobDriver",
    ]);
  });
});

describe("an error of a use case", () => {
  const kinds: Record<DomainErrorKind, [number, string]> = {
    invalid: [400, "ValidationException"],
    "not-found": [400, "ResourceNotFoundException"],
    unauthenticated: [403, "InvalidSignatureException"],
    forbidden: [403, "AccessDeniedException"],
    conflict: [400, "ValidationException"],
    throttled: [400, "RequestThrottledException"],
    "too-large": [413, "RequestEntityTooLargeException"],
    "not-implemented": [501, "NotImplementedException"],
    unavailable: [503, "ServiceUnavailableException"],
    internal: [500, "InternalServerException"],
  };

  function failing(error: unknown, options: object = {}): SignedHttp {
    const describeVirtualCluster = async () => {
      throw error;
    };
    return new SignedHttp({
      useCases: { emrContainers: { ...recordingUseCases([]), describeVirtualCluster }, state: noState },
      ...options,
    });
  }

  for (const [kind, [status, code]] of Object.entries(kinds)) {
    it(`of kind ${kind} is ${status} ${code}`, async (t) => {
      const http = failing(new DomainError(kind as DomainErrorKind, "what happened")); // the table's own keys
      t.after(() => http.close());
      const message = kind === "internal" ? "Internal server error." : "what happened";
      const response = await http.send({ path: "/virtualclusters/vc1" });
      assert.deepEqual(refusalOf(response), [status, code, { message, __type: code }]);
      assert.deepEqual([http.audit[0]?.errorCode, http.audit[0]?.errorMessage], [code, message]);
    });
  }

  it("that is a fault of our own goes to the log and not to the caller", async (t) => {
    const { lines, logger } = logLines();
    const http = failing(new Error("no such table: job_runs"), { logger });
    t.after(() => http.close());
    const response = await http.send({ path: "/virtualclusters/vc1" });
    assert.equal(response.statusCode, 500);
    assert.ok(!response.body.includes("job_runs"));
    const line = lines.find((text) => text.includes("no such table: job_runs"));
    assert.equal(JSON.parse(line ?? "{}").requestId, response.headers["x-amzn-requestid"]);
  });

  it("has a message no longer than the model allows", async (t) => {
    const http = failing(new DomainError("invalid", "x".repeat(5000)));
    t.after(() => http.close());
    const response = await http.send({ path: "/virtualclusters/vc1" });
    assert.equal(response.json().message, `${"x".repeat(1021)}...`);
  });
});

describe("the log", () => {
  it("has one line a request, with its id and without query and headers", async (t) => {
    const { lines, logger } = logLines();
    const http = new SignedHttp({ requestLogger: logger });
    t.after(() => http.close());
    const response = await http.send({ path: "/virtualclusters?nextToken=private" });
    assert.equal(lines.length, 1);
    const { time, durationMs, ...line } = JSON.parse(lines[0] ?? "{}");
    assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.equal(typeof durationMs, "number");
    assert.deepEqual(line, {
      level: 30,
      requestId: response.headers["x-amzn-requestid"],
      dialect: "emr-containers",
      operation: "ListVirtualClusters",
      method: "GET",
      path: "/virtualclusters",
      status: 200,
      remoteAddress: "127.0.0.1",
      msg: "request",
    });
  });

  it("replaces secrets, however deep they lie", () => {
    const { lines, logger } = logLines();
    const headers = { authorization: "AWS4 x", "x-amz-security-token": "x", host: "h" };
    logger.info({ authorization: "x", key: { secret: "x" }, req: { headers } }, "message");
    const { authorization, key, req } = JSON.parse(lines[0] ?? "{}");
    const hidden = "[redacted]";
    assert.deepEqual(
      [authorization, key, req.headers],
      [hidden, { secret: hidden }, { authorization: hidden, "x-amz-security-token": hidden, host: "h" }],
    );
  });
});
