import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import { type DatabricksHttp, databricksHttp } from "../../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../../test/support/databricks-workspaces.ts";

async function withWorkspaces(test: TestContext) {
  const http = await databricksHttp(test);
  return { http, workspaces: await runningWorkspaces(http, ["sales", "other"]) };
}

interface TokenRequest {
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>> | string;
  /** `id:secret` of the header; null sends none. */
  readonly client?: string | null;
  readonly host?: string;
  readonly contentType?: string;
}

function askToken(http: DatabricksHttp, request: TokenRequest = {}) {
  const { clientId, clientSecret } = http.administrator;
  const { client = `${clientId}:${clientSecret}`, form = { grant_type: "client_credentials" } } = request;
  return http.send({
    method: "POST",
    path: request.path ?? `/oidc/accounts/${http.account}/v1/token`,
    token: null,
    body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
    headers: {
      "content-type": request.contentType ?? "application/x-www-form-urlencoded",
      ...(client !== null && { authorization: `Basic ${Buffer.from(client).toString("base64")}` }),
      ...(request.host !== undefined && { host: request.host }),
    },
  });
}

async function tokenOf(http: DatabricksHttp, request: TokenRequest = {}): Promise<string> {
  const answer = await askToken(http, request);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json().access_token;
}

const me = (http: DatabricksHttp, token: string, workspace: string) =>
  http.send({
    path: "/api/2.0/preview/scim/v2/Me",
    token,
    headers: { "x-databricks-workspace-id": workspace },
  });
const workspacesPath = (http: DatabricksHttp) => `/api/2.0/accounts/${http.account}/workspaces`;
const SALES = { path: "/oidc/v1/token", host: "sales.example.com" };

test("discovery is for anybody: the account's on the main listener, a workspace's at its own address", async (t) => {
  const { http, workspaces } = await withWorkspaces(t);
  const get = async (path: string, host = "main.test:8080") =>
    (await http.send({ path, token: null, headers: { host } })).json();
  const main = "http://main.test:8080";
  assert.deepEqual(await get("/.well-known/databricks-config"), {
    oidc_endpoint: `${main}/oidc/accounts/{account_id}`,
    account_id: http.account,
    token_federation_default_oidc_audiences: [http.account],
    cloud: "AWS",
    host_type: "account",
  });
  assert.deepEqual(await get("/.well-known/databricks-config", "sales.example.com"), {
    oidc_endpoint: "http://sales.example.com/oidc",
    account_id: http.account,
    workspace_id: workspaces.sales,
    token_federation_default_oidc_audiences: [http.account],
    cloud: "AWS",
    host_type: "workspace",
  });
  const account = await get(`/oidc/accounts/${http.account}/.well-known/oauth-authorization-server`);
  assert.equal(account.issuer, `${main}/oidc/accounts/${http.account}`);
  assert.equal(account.token_endpoint, `${main}/oidc/accounts/${http.account}/v1/token`);
  const there = await get("/oidc/.well-known/openid-configuration", "sales.example.com");
  assert.equal(there.token_endpoint, "http://sales.example.com/oidc/v1/token");
  assert.equal((await get("/oidc/.well-known/oauth-authorization-server")).error_code, "ENDPOINT_NOT_FOUND");
});

test("a host that is no host name does not get into an answer", async (t) => {
  const http = await databricksHttp(t);
  const path = "/.well-known/databricks-config";
  const { oidc_endpoint } = (await http.send({ path, token: null, headers: { host: 'evil"/x@y' } })).json();
  assert.doesNotMatch(oidc_endpoint, /evil/);
});

test("an access token is a signed one whose key the key set has", async (t) => {
  const http = await databricksHttp(t);
  const answer = await askToken(http, { form: { grant_type: "client_credentials", scope: "all-apis" } });
  const { access_token, ...rest } = answer.json();
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: "all-apis" });
  assert.equal(answer.headers["cache-control"], "no-store");
  const { aud, sub, scope } = decodeJwt(access_token);
  assert.deepEqual([aud, sub, scope], [http.account, http.administrator.clientId, "all-apis"]);
  const { keys } = (await http.send({ path: "/oidc/jwks.json", token: null })).json();
  assert.deepEqual(
    keys.map(({ kid, d }: { kid: string; d?: string }) => [kid, d]),
    [[decodeProtectedHeader(access_token).kid, undefined]],
  );
  const [record] = http.audit.filter(({ actionName }) => actionName === "mintOAuthToken");
  assert.deepEqual(record?.requestParams, { grant_type: "client_credentials", scope: "all-apis" });
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(http.administrator.clientSecret));
});

test("a token of the account opens the account and its workspaces, one of a workspace that alone", async (t) => {
  const { http, workspaces } = await withWorkspaces(t);
  const { clientId: id, clientSecret: secret } = http.administrator;
  const wide = await tokenOf(http, {
    client: null,
    form: { grant_type: "client_credentials", client_id: id, client_secret: secret },
  });
  assert.equal((await http.send({ path: workspacesPath(http), token: wide })).statusCode, 200);
  const shown = (await me(http, wide, workspaces.sales)).json();
  assert.equal(shown.userName, id);
  const narrow = await tokenOf(http, SALES);
  assert.equal((await me(http, narrow, workspaces.sales)).statusCode, 200);
  assert.equal((await me(http, narrow, workspaces.other)).statusCode, 403);
  assert.equal((await http.send({ path: workspacesPath(http), token: narrow })).statusCode, 403);
});

for (const [what, request, status, error] of [
  ["a wrong secret", { client: "a:b" }, 401, "invalid_client"],
  ["no client", { client: null }, 401, "invalid_client"],
  [
    "a client in two ways",
    { form: { grant_type: "client_credentials", client_secret: "x" } },
    400,
    "invalid_request",
  ],
  ["no grant type", { form: {} }, 400, "invalid_request"],
  ["JSON in a form", { form: '{"grant_type":"client_credentials"}' }, 400, "invalid_request"],
  ["a member twice", { form: "grant_type=a&grant_type=b" }, 400, "invalid_request"],
  ["a password grant", { form: { grant_type: "password" } }, 400, "unsupported_grant_type"],
  ["another scope", { form: { grant_type: "client_credentials", scope: "sql" } }, 400, "invalid_scope"],
  [
    "a token for a group",
    { form: { grant_type: "client_credentials", assume_group: "1" } },
    400,
    "invalid_request",
  ],
  [
    "another account",
    { path: "/oidc/accounts/11111111-2222-3333-4444-555555555555/v1/token" },
    401,
    "invalid_client",
  ],
  ["a form that is too large", { form: "x".repeat(70_000) }, 413, "invalid_request"],
] as const) {
  test(`a token request with ${what} is refused in OAuth's form`, async (t) => {
    const http = await databricksHttp(t);
    const answer = await askToken(http, request);
    assert.deepEqual([answer.statusCode, answer.json().error], [status, error]);
    assert.match(String(answer.headers["content-type"]), /^application\/json/);
    assert.equal(typeof answer.json().error_description, "string");
  });
}

test("a form is one whatever its content type says", async (t) => {
  const http = await databricksHttp(t);
  for (const contentType of ["application/json", "form", "", "application/x-www-form-urlencoded, text/plain"])
    assert.equal((await askToken(http, { contentType })).statusCode, 200, contentType);
});

test("what ends a token's secret or its principal ends the token at once", async (t) => {
  const http = await databricksHttp(t);
  const { store, account, administrator } = http;
  const id = await store.principals.named(
    (await store.accountObjects.inStates("account", ["RUNNING"])).map((row) => row.account)[0] ??
      assert.fail(),
    "service-principal",
    administrator.clientId,
  );
  assert.ok(id);
  const secrets = `/api/2.0/accounts/${account}/servicePrincipals/${id.id}/credentials/secrets`;
  const made = (await http.send({ method: "POST", path: secrets })).json();
  const client = `${administrator.clientId}:${made.secret}`;
  const status = async (token: string) => (await http.send({ path: workspacesPath(http), token })).statusCode;
  const bound = await tokenOf(http, { client });
  const free = await tokenOf(http);
  assert.equal(await status(bound), 200);
  assert.equal((await http.send({ method: "DELETE", path: `${secrets}/${made.id}` })).statusCode, 200);
  assert.deepEqual([await status(bound), await status(free)], [401, 200]);
  assert.equal((await askToken(http, { client })).json().error, "invalid_client");

  const [current] = [await store.principals.get(id.account, id.id)];
  assert.ok(current);
  await store.commit([{ kind: "principal", row: { ...current, active: false } }]);
  assert.equal(await status(free), 401);
  assert.equal((await askToken(http)).json().error, "invalid_client");
});

test("an access token that is expired, cut short, changed or another's is refused alike", async (t) => {
  const http = await databricksHttp(t);
  const token = await tokenOf(http);
  const refusal = async (text: string) => {
    const answer = await http.send({ path: workspacesPath(http), token: text });
    return [answer.statusCode, answer.json().message];
  };
  const { privateKey } = await generateKeyPair("RS256");
  const header = decodeProtectedHeader(token);
  const forged = await new SignJWT(decodeJwt(token))
    .setProtectedHeader({ ...header, alg: "RS256" })
    .sign(privateKey);
  const [head = "", claims = ""] = token.split(".");
  const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${claims}.`;
  const texts = [token.slice(0, -9), `${head}.${claims}`, forged, unsigned, "a.b.c", "..", "dapi.x"];
  for (const text of texts) assert.deepEqual(await refusal(text), [401, "Invalid access token."], text);
  assert.equal((await http.send({ path: workspacesPath(http), token })).statusCode, 200);
  http.clock.advance(3_601_000);
  assert.deepEqual(await refusal(token), [401, "Invalid access token."]);
});
