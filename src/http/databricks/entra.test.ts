import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../test/support/databricks-workspaces.ts";
import { type TokenClaims, testIssuer } from "../../../test/support/test-issuer.ts";

const DATABRICKS = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d";
const MANAGEMENT = "https://management.core.windows.net/";
const APP = "aaaaaaaa-1111-4222-8333-444444444444";
const RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/sales";
const TENANT = "/bbbbbbbb-1111-4222-8333-444444444444/";

async function withEntra(t: TestContext) {
  const entra = await testIssuer(t, TENANT);
  const http = await databricksHttp(t, undefined, [entra.issuer]);
  const workspaces = await runningWorkspaces(http, ["sales", "other"]);
  const now = () => http.clock.now() / 1000;
  const token = (claims: TokenClaims = {}) =>
    entra.token({
      aud: DATABRICKS,
      appid: APP,
      tid: "t",
      iat: now(),
      nbf: now(),
      exp: now() + 3600,
      ...claims,
    });
  const me = (bearer: string, more: Readonly<Record<string, string>> = {}, workspace = workspaces.sales) =>
    http.send({
      path: "/api/2.0/preview/scim/v2/Me",
      token: bearer,
      headers: { "x-databricks-workspace-id": workspace, ...more },
    });
  /** Does the call that a refusal's message names, as an administrator. */
  const doAsTold = (message: string, workspace?: string) => {
    const [, method, path, body] = /(POST) (\S+) with (.*)$/.exec(message) ?? [];
    assert.ok(method === "POST" && path !== undefined && body !== undefined, message);
    return http.send({
      method,
      path,
      body,
      ...(workspace !== undefined && { headers: { "x-databricks-workspace-id": workspace } }),
    });
  };
  return { http, entra, workspaces, now, token, me, doAsTold };
}

test("an application that is not in the workspace is told how it gets there, and is there after that", async (t) => {
  const { http, workspaces, token, me, doAsTold } = await withEntra(t);
  const bearer = await token();
  const headers = {
    "x-databricks-azure-sp-management-token": await token({ aud: MANAGEMENT }),
    "x-databricks-azure-workspace-resource-id": RESOURCE,
  };
  const answer = await me(bearer, headers);
  assert.deepEqual([answer.statusCode, answer.json().error_code], [403, "PERMISSION_DENIED"]);
  const { message } = answer.json();
  assert.equal(
    message,
    `Service principal ${APP} is not in workspace ${workspaces.sales}. Its administrator can add it: POST /api/2.0/preview/scim/v2/ServicePrincipals with {"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],"applicationId":"${APP}","displayName":"${APP}"}`,
  );
  assert.equal((await doAsTold(message, workspaces.sales)).statusCode, 201);
  const there = await me(bearer, headers);
  assert.deepEqual([there.statusCode, there.json().userName], [200, APP]);
  // In the other workspace it is known to the account now, and still not there.
  const other = await me(bearer, headers, workspaces.other);
  assert.equal(other.statusCode, 403);
  assert.match(other.json().message, new RegExp(`${APP} is not in workspace ${workspaces.other}\\.`));
  const record = JSON.stringify(http.audit.filter(({ actionName }) => actionName === "current-user.me"));
  assert.match(record, /"kind":"entra-id"/);
  assert.doesNotMatch(record, /eyJ/);
});

test("the account takes them too, and users by their name", async (t) => {
  const { http, token, doAsTold } = await withEntra(t);
  const path = `/api/2.0/accounts/${http.account}/workspaces`;
  const list = async (bearer: string) => (await http.send({ path, token: bearer })).json();
  const refused = await list(await token());
  assert.match(refused.message, new RegExp(`${APP} is not in account ${http.account}`));
  assert.equal((await doAsTold(refused.message)).statusCode, 201);
  assert.match((await list(await token())).message, /is not an administrator of account/);
  // A person who uses some program is that person, not the program; a program that says whose it is, is not.
  const { userName } = http.administrator;
  assert.equal((await list(await token({ unique_name: userName }))).length, 2);
  assert.equal((await list(await token({ upn: userName, unique_name: "x" }))).length, 2);
  assert.match((await list(await token({ upn: userName, idtyp: "app" }))).message, /is not an administrator/);
  assert.match(
    (await list(await token({ preferred_username: userName }))).message,
    /is not an administrator/,
  );
  const nobody = await list(await token({ upn: "nobody@example.com" }));
  assert.match(
    nobody.message,
    /^User nobody@example.com is not in account .*Users with .*"userName":"nobody@/,
  );
  // Version 2 of Entra's tokens calls the application otherwise.
  const { clientId } = http.administrator;
  assert.equal((await list(await token({ appid: undefined, azp: clientId }))).length, 2);
});

test("tokens of Entra ID that are not good are refused, each with its reason", async (t) => {
  const { http, entra, now, token, me } = await withEntra(t);
  const { clientId } = http.administrator;
  const good = await token({ appid: clientId });
  const { privateKey } = await generateKeyPair("RS256");
  const forge = () => new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: "RS256", kid: "key-1" });
  const hmac = new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: "HS256", kid: "key-1" });
  const [, claims = ""] = good.split(".");
  const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`;
  const cases: readonly [string, string, RegExp][] = [
    ["expired", await token({ appid: clientId, exp: now() }), /^Entra ID token: The token has expired\.$/],
    ["without an end", await token({ appid: clientId, exp: undefined }), /claim 'exp' is missing/],
    ["not yet valid", await token({ appid: clientId, nbf: now() + 60 }), /not valid yet/],
    [
      "for Azure's management",
      await token({ appid: clientId, aud: MANAGEMENT }),
      /^Expected aud claim to be: 2ff814a6-3304-4ab8-85cb-cd0e6f879c1d, but was: https:\/\/management/,
    ],
    ["for nobody", await token({ appid: clientId, aud: undefined }), /^Expected aud claim/],
    ["of nobody", await token({ appid: undefined }), /names neither a user nor an application/],
    [
      "of another tenant",
      await token({ appid: clientId, iss: "https://other.example.com/" }),
      /^Invalid access/,
    ],
    ["of another's key", await forge().sign(privateKey), /signature is not the issuer's/],
    ["signed with the public key", await hmac.sign(Buffer.from(entra.jwks())), /not signed with RS256/],
    ["unsigned", none, /not signed with RS256/],
    ["cut short", good.slice(0, -9), /signature is not the issuer's|not a valid JWT/],
    ["of a key unknown", await entra.token({ aud: DATABRICKS }, { kid: "x" }), /The issuer has no key/],
  ];
  for (const [what, text, message] of cases) {
    const answer = await me(text);
    assert.deepEqual([answer.statusCode, answer.json().error_code], [401, "UNAUTHENTICATED"], what);
    assert.match(answer.json().message, message, what);
  }
  assert.equal((await me(good)).statusCode, 200);
  // It is a bearer token and no password, and nothing to exchange where no policy says so.
  const basic = `Basic ${Buffer.from(`token:${good}`).toString("base64")}`;
  assert.equal((await me("x", { authorization: basic })).statusCode, 401);
  http.clock.advance(3_600_000);
  assert.equal((await me(good)).statusCode, 401);
});

test("Azure's own headers are checked where they are sent, and grant nothing", async (t) => {
  const { http, token, me, now } = await withEntra(t);
  const { clientId: appid } = http.administrator;
  const bearer = await token({ appid });
  const management = "x-databricks-azure-sp-management-token";
  const resource = "x-databricks-azure-workspace-resource-id";
  const cases: readonly [Record<string, string>, number, RegExp][] = [
    [{ [management]: "x" }, 401, /SP-Management-Token: it is not of an issuer that is trusted here/],
    [{ [management]: bearer }, 401, /SP-Management-Token: it is not for Azure's management/],
    [{ [management]: await token({ aud: MANAGEMENT }) }, 401, /it is not of whom the Authorization/],
    [{ [management]: await token({ appid, aud: MANAGEMENT, exp: now() }) }, 401, /The token has expired/],
    [{ [resource]: "sales" }, 403, /give \/subscriptions\//],
  ];
  for (const [headers, status, message] of cases) {
    const answer = await me(bearer, headers);
    assert.equal(answer.statusCode, status, answer.body);
    assert.match(answer.json().message, message);
  }
  for (const aud of [MANAGEMENT, "https://management.azure.com"])
    assert.equal((await me(bearer, { [management]: await token({ appid, aud }) })).statusCode, 200);
});

test("who is switched off, or taken out of the workspace, is out at the next request", async (t) => {
  const { http, workspaces, token, me, doAsTold } = await withEntra(t);
  const bearer = await token();
  const made = (await doAsTold((await me(bearer)).json().message, workspaces.sales)).json();
  assert.equal((await me(bearer)).statusCode, 200);
  const path = `/api/2.0/accounts/${http.account}/scim/v2/ServicePrincipals/${made.id}`;
  const active = (value: boolean) => ({
    method: "PATCH" as const,
    path,
    body: {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "active", value }],
    },
  });
  await http.send(active(false));
  assert.match((await me(bearer)).json().message, /is not active/);
  await http.send(active(true));
  assert.equal((await me(bearer)).statusCode, 200);
  await http.send({ method: "DELETE", path });
  assert.match((await me(bearer)).json().message, /is not in workspace/);
});

test("where no issuer is trusted, its tokens are nobody's; clients find the tenant where one is", async (t) => {
  const { http, entra, token } = await withEntra(t);
  for (const path of ["/aad/auth", "/oidc/oauth2/v2.0/authorize"]) {
    const answer = await http.send({ path, token: null });
    assert.deepEqual([answer.statusCode, answer.headers.location], [302, `${entra.issuer}oauth2/authorize`]);
  }
  const without = await databricksHttp(t);
  const path = `/api/2.0/accounts/${without.account}/workspaces`;
  const answer = await without.send({ path, token: await token({ appid: without.administrator.clientId }) });
  assert.deepEqual([answer.statusCode, answer.json().message], [401, "Invalid access token."]);
  assert.equal((await without.send({ path: "/aad/auth", token: null })).statusCode, 404);
});
