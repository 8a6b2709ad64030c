import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { makeWorkspace } from "../../../test/support/databricks-workspaces.ts";

const ROLE = "arn:aws:iam::123456789012:role/r";

describe("the audit record of a call", () => {
  it("has the members of the vendor's schema, of an account's call with the workspace 0", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}/credentials`;
    const body = { credentials_name: "c", aws_credentials: { sts_role: { role_arn: ROLE } }, other: 1 };
    const headers = { "user-agent": "databricks-sdk-py/0.156" };
    const answer = await http.send({ method: "POST", path, body, headers });
    const record = http.audit.at(-1);
    const identity = Object(record?.userIdentity);
    assert.deepEqual(record, {
      version: "2.0",
      auditLevel: "ACCOUNT_LEVEL",
      timestamp: http.clock.now(),
      accountId: http.account,
      workspaceId: "0",
      sourceIPAddress: "127.0.0.1",
      userAgent: "databricks-sdk-py/0.156",
      sessionId: null,
      userIdentity: {
        email: http.administrator.userName,
        subjectName: null,
        credential: { kind: "personal-access-token", id: identity.credential.id },
      },
      serviceName: "accounts",
      actionName: "credentials.create",
      requestId: answer.headers["x-databricks-request-id"] ?? answer.headers["x-request-id"],
      // The vendor's are texts, of what is nested its JSON.
      requestParams: {
        account_id: http.account,
        credentials_name: "c",
        aws_credentials: `{"sts_role":{"role_arn":"${ROLE}"}}`,
      },
      response: { statusCode: 200, errorMessage: null, result: null },
    });
  });

  it("is made of refused calls too, with what was known of them", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}/credentials`;
    await http.send({ method: "POST", path, body: "{", token: "dapi0" });
    const stranger = http.audit.at(-1);
    assert.deepEqual(
      [stranger?.userIdentity, stranger?.accountId, stranger?.requestParams, stranger?.response],
      [
        { email: null, subjectName: null, credential: null },
        http.account,
        {},
        { statusCode: 401, errorMessage: "Invalid access token.", result: null },
      ],
    );
    await http.send({ method: "POST", path, body: "{" });
    assert.deepEqual(
      [Object(http.audit.at(-1)?.userIdentity).email, Object(http.audit.at(-1)?.response).statusCode],
      [http.administrator.userName, 400],
    );
  });

  it("calls what the vendor's logs have a name for by that name", async (t) => {
    const http = await databricksHttp(t);
    const to = await makeWorkspace(http);
    const recorded = async (method: "POST" | "PATCH", path: string, body: object, headers = {}) => {
      await http.send({ method, path: `/api/2.0/${path}`, body, headers });
      const { serviceName, actionName, requestParams } = http.audit.at(-1) ?? {};
      return [serviceName, actionName, requestParams];
    };
    const conf = { enableIpAccessLists: "false" };
    assert.deepEqual(await recorded("PATCH", "workspace-conf", conf, to), [
      "workspace",
      "workspaceConfEdit",
      { workspaceConfKeys: "enableIpAccessLists", workspaceConfValues: "false" },
    ]);
    assert.deepEqual(await recorded("POST", "token/create", { comment: "c" }, to), [
      "accounts",
      "generateDbToken",
      { comment: "c" },
    ]);
    const user = { userName: "u@x.org" };
    const account_id = http.account;
    assert.deepEqual(await recorded("POST", `accounts/${account_id}/scim/v2/Users`, user), [
      "accounts",
      "add",
      { userName: "u@x.org", account_id },
    ]);
  });

  it("is cut where its parameters are too long", async (t) => {
    const http = await databricksHttp(t);
    const path = `/api/2.0/accounts/${http.account}/scim/v2/Groups`;
    const params = async (body: object) => {
      await http.send({ method: "POST", path, body });
      return Object(http.audit.at(-1)?.requestParams);
    };
    const displayName = "n".repeat(100_000);
    assert.equal((await params({ displayName })).displayName, displayName);
    const cut = await params({ displayName: displayName.repeat(2), externalId: "e" });
    assert.deepEqual([cut.displayName, cut.externalId], [`${"n".repeat(1024)}... truncated`, "e"]);
  });

  it("of a workspace's call names it, and holds no secret but the ids of some", async (t) => {
    const http = await databricksHttp(t);
    const to = await makeWorkspace(http);
    const { clientId } = http.administrator;
    const found = await http.send({
      path: `/api/2.0/preview/scim/v2/ServicePrincipals?filter=${encodeURIComponent(`applicationId eq "${clientId}"`)}`,
      headers: to,
    });
    const secrets = `/api/2.0/accounts/servicePrincipals/${found.json().Resources[0].id}/credentials/secrets`;
    const made = (await http.send({ method: "POST", path: secrets, headers: to })).json();
    await http.send({ method: "DELETE", path: `${secrets}/${made.id}`, headers: to });
    const record = http.audit.at(-1);
    assert.deepEqual(
      [record?.auditLevel, record?.workspaceId, Object(record?.requestParams).secret_id],
      ["WORKSPACE_LEVEL", to["x-databricks-workspace-id"], made.id],
    );
    const { token_value } = (
      await http.send({ method: "POST", path: "/api/2.0/token/create", headers: to, body: {} })
    ).json();
    assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(`${made.secret}|${token_value}`));
  });
});
