import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../test/support/databricks-workspaces.ts";

describe("a path of the Databricks APIs", () => {
  it("that no operation has is told to those who may sign in, and only to them", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}/nonsense?x=1`;
    const unknown = await http.send({ path });
    assert.deepEqual(
      [unknown.statusCode, unknown.json()],
      [
        404,
        {
          error_code: "ENDPOINT_NOT_FOUND",
          message: `No API found for 'GET /api/2.0/accounts/${http.account}/nonsense'`,
        },
      ],
    );
    const stranger = await http.send({ path, token: null });
    assert.deepEqual([stranger.statusCode, stranger.json().error_code], [401, "UNAUTHENTICATED"]);
  });

  it("that no operation has is told to be none where no workspace is named, too", async (t) => {
    const http = await databricksHttp(t);
    // Without a workspace, and with more than one of which none is named.
    for (const workspaces of ["none", "two"]) {
      if (workspaces === "two") await runningWorkspaces(http, ["a", "b"]);
      for (const path of [
        "/api/2.0/nonsense",
        "/api/2.9/token/list",
        `/api/2.0/accounts/${http.account}/%zz`,
      ]) {
        const answer = await http.send({ path: `${path}?a=b` });
        assert.deepEqual(
          [answer.statusCode, answer.json()],
          [404, { error_code: "ENDPOINT_NOT_FOUND", message: `No API found for 'GET ${path}'` }],
        );
        assert.equal((await http.send({ path, token: null })).statusCode, 401);
      }
      const known = await http.send({ path: "/api/2.0/token/list" });
      assert.match(known.json().message, /^Which workspace is meant\?/);
    }
  });

  it("is authenticated before anything of the request is looked at", async (t) => {
    const http = await databricksHttp(t);
    const answer = await http.send({
      method: "POST",
      path: `/api/2.0/accounts/${http.account}/credentials`,
      body: "{",
      token: "dapi0",
    });
    assert.equal(answer.statusCode, 401);
  });
});

describe("a body", () => {
  for (const [what, type] of [
    ["a form's content type", "application/x-www-form-urlencoded"],
    ["SCIM's", "application/scim+json; charset=utf-8"],
    ["none", undefined],
    ["an empty one", ""],
    ["one that is none", "json"],
    ["two in one line", "application/json, application/json"],
    ["a damaged one", 'application/json; charset="utf-16'],
  ] as const) {
    it(`is JSON also with ${what}`, async (t) => {
      const http = await databricksHttp(t);
      const answer = await http.send({
        method: "POST",
        path: `/api/2.0/accounts/${http.account}/storage-configurations`,
        body: '{"storage_configuration_name":"s","root_bucket_info":{"bucket_name":"root"},"unknown":1}',
        headers: type === undefined ? {} : { "content-type": type },
      });
      assert.deepEqual([answer.statusCode, answer.json().storage_configuration_name], [200, "s"]);
    });
  }

  it("that is no JSON, or lacks a member, is refused with what is wrong", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}/credentials`;
    const broken = await http.send({ method: "POST", path, body: "{" });
    assert.deepEqual([broken.statusCode, broken.json().error_code], [400, "MALFORMED_REQUEST"]);
    const lacking = await http.send({
      method: "POST",
      path,
      body: '{"credentials_name":"c","aws_credentials":{}}',
    });
    assert.deepEqual(lacking.json(), {
      error_code: "INVALID_PARAMETER_VALUE",
      message: "Missing required field: aws_credentials.sts_role",
    });
  });
});
