import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { decodeJwt } from "jose";
import { type DatabricksHttp, databricksHttp } from "../../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../../test/support/databricks-workspaces.ts";
import { accountId } from "../../../core/ids.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** What the SDKs ask for with it: databricks-sdk-py service/serving.py, `DataPlaneInfo`. */
const SERVING = JSON.stringify([
  {
    type: "workspace_permission",
    object_type: "serving-endpoints",
    object_path: "/serving-endpoints/1",
    actions: ["query_inference_endpoint"],
  },
]);

interface Request {
  readonly form?: Readonly<Record<string, string>>;
  /** A workspace's; the account's authorization server without. */
  readonly host?: string;
  readonly authorization?: string;
}

function ask(http: DatabricksHttp, form: Readonly<Record<string, string>>, request: Request = {}) {
  const { host, authorization } = request;
  return http.send({
    method: "POST",
    path: host === undefined ? `/oidc/accounts/${http.account}/v1/token` : "/oidc/v1/token",
    token: null,
    body: new URLSearchParams({ ...form, ...request.form }).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(host !== undefined && { host }),
      ...(authorization !== undefined && { authorization }),
    },
  });
}

/** A token that the administrator's service principal gets by its secret. */
async function signedIn(http: DatabricksHttp, request: Request = {}): Promise<string> {
  const { clientId, clientSecret } = http.administrator;
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
  const answer = await ask(http, form, request);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json().access_token;
}

const present = (http: DatabricksHttp, assertion: string, request?: Request) =>
  ask(http, { grant_type: GRANT, assertion }, request);

async function refusal(http: DatabricksHttp, assertion: string, request?: Request) {
  const answer = await present(http, assertion, request);
  return [answer.statusCode, answer.json().error, answer.json().error_description];
}

const status = async (http: DatabricksHttp, token: string) =>
  (await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces`, token })).statusCode;

const me = (http: DatabricksHttp, token: string, workspace: string) =>
  http.send({
    path: "/api/2.0/preview/scim/v2/Me",
    token,
    headers: { "x-databricks-workspace-id": workspace },
  });

async function administrator(http: DatabricksHttp) {
  const { clientId } = http.administrator;
  const found = await http.store.principals.named(accountId(http.account), "service-principal", clientId);
  return found ?? assert.fail("no service principal of the administrator");
}

test("an access token is given for one, of the same principal, and ends no later", async (t: TestContext) => {
  const http = await databricksHttp(t);
  const assertion = await signedIn(http);
  http.clock.advance(600_300);
  const answer = await present(http, assertion);
  const { access_token, ...rest } = answer.json();
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 2999, scope: "all-apis" });
  const [given, was] = [decodeJwt(access_token), decodeJwt(assertion)];
  for (const claim of ["iss", "sub", "aud", "scope", "client_id", "credential_id"])
    assert.deepEqual(given[claim], was[claim], claim);
  assert.ok(Number(given.exp) <= Number(was.exp));
  assert.equal(await status(http, access_token), 200);
  // One for one for one: no round trip wins a second.
  const again = (await present(http, access_token)).json().access_token;
  assert.ok(Number(decodeJwt(again).exp) <= Number(was.exp));
  http.clock.advance(3_000_000);
  for (const token of [assertion, access_token, again]) assert.equal(await status(http, token), 401);
  assert.equal((await refusal(http, assertion))[1], "invalid_grant");
  const minted = http.audit.filter((record) => JSON.stringify(record.requestParams).includes(GRANT));
  assert.match(JSON.stringify(minted[0]?.userIdentity), new RegExp(http.administrator.clientId));
  assert.doesNotMatch(JSON.stringify(http.audit), /eyJ/);
});

test("one of the account gives tokens of its workspaces, one of a workspace of that alone", async (t) => {
  const http = await databricksHttp(t);
  const workspaces = await runningWorkspaces(http, ["sales", "other"]);
  const [sales, other] = [{ host: "sales.example.com" }, { host: "other.example.com" }];
  const wide = await signedIn(http);
  const narrow = (await present(http, wide, sales)).json().access_token;
  assert.equal(decodeJwt(narrow).aud, workspaces.sales);
  assert.equal((await me(http, narrow, workspaces.sales)).statusCode, 200);
  assert.equal((await me(http, narrow, workspaces.other)).statusCode, 403);
  assert.equal(await status(http, narrow), 403);
  assert.equal((await present(http, narrow, sales)).statusCode, 200);
  for (const elsewhere of [{}, other]) {
    const [code, error, why] = await refusal(http, narrow, elsewhere);
    assert.deepEqual([code, error], [400, "invalid_grant"]);
    assert.match(why, new RegExp(`access token of workspace ${workspaces.sales}: ask there`));
  }
  // Somebody of the account who is not in the workspace.
  const path = `/api/2.0/accounts/${http.account}/scim/v2/ServicePrincipals`;
  const { id, applicationId } = (
    await http.send({ method: "POST", path, body: { displayName: "stranger" } })
  ).json();
  const secrets = `/api/2.0/accounts/${http.account}/servicePrincipals/${id}/credentials/secrets`;
  const { secret } = (await http.send({ method: "POST", path: secrets })).json();
  const form = { grant_type: "client_credentials", client_id: applicationId, client_secret: secret };
  const stranger = (await ask(http, form)).json().access_token;
  assert.equal((await present(http, stranger)).statusCode, 200);
  assert.equal((await refusal(http, stranger, sales))[1], "unauthorized_client");
});

test("what ends the assertion's secret or principal ends its tokens, and it gives no more", async (t) => {
  const http = await databricksHttp(t);
  const { id, account } = await administrator(http);
  const secrets = `/api/2.0/accounts/${http.account}/servicePrincipals/${id}/credentials/secrets`;
  const made = (await http.send({ method: "POST", path: secrets })).json();
  const form = { client_secret: made.secret };
  const [bound, free] = [await signedIn(http, { form }), await signedIn(http)];
  const given = (await present(http, bound)).json().access_token;
  assert.equal(await status(http, given), 200);
  await http.send({ method: "DELETE", path: `${secrets}/${made.id}` });
  assert.equal(await status(http, given), 401);
  for (const ended of [bound, given]) assert.equal((await refusal(http, ended))[1], "invalid_grant");

  const last = (await present(http, free)).json().access_token;
  assert.equal(await status(http, last), 200);
  const current = (await http.store.principals.get(account, id)) ?? assert.fail();
  await http.store.commit([{ kind: "principal", row: { ...current, active: false } }]);
  assert.equal(await status(http, last), 401);
  for (const ended of [free, last]) assert.equal((await refusal(http, ended))[1], "invalid_grant");
});

test("authorization details are refused by the name of their type, and never answered with a token", async (t) => {
  const http = await databricksHttp(t);
  const assertion = await signedIn(http);
  const told = async (authorization_details: string) =>
    refusal(http, assertion, { form: { authorization_details } });
  assert.deepEqual(await told(SERVING), [
    400,
    "invalid_authorization_details",
    "authorization_details of type workspace_permission are not supported: leave them out.",
  ]);
  for (const none of ["x", "{}", "[]", "null", '["a"]', "[null]", '[{"actions":[]}]', '[{"type":1}]']) {
    const [code, error, why] = await told(none);
    assert.deepEqual([code, error], [400, "invalid_authorization_details"], none);
    assert.match(why, /no JSON array of objects/);
  }
});

test("what is no access token of the account, or comes with something else, is refused", async (t) => {
  const http = await databricksHttp(t);
  const assertion = await signedIn(http);
  for (const wrong of ["x", "..", "a.b.c", assertion.slice(0, -9), http.administrator.token])
    assert.equal((await refusal(http, wrong))[1], "invalid_grant", wrong);
  const cases: readonly [Request["form"], string, RegExp][] = [
    [{ assertion: "" }, "invalid_request", /assertion is missing/],
    [{ client_secret: "x" }, "invalid_request", /no other credential/],
    [{ audience: "x" }, "invalid_request", /audience is not supported/],
    [{ resource: "x" }, "invalid_request", /resource is not supported/],
    [{ client_id: "databricks-cli" }, "invalid_grant", /was given to client .*, not to databricks-cli/],
    [{ scope: "sql" }, "invalid_scope", /ask for all-apis/],
  ];
  for (const [form = {}, error, message] of cases) {
    const [, code, why] = await refusal(http, assertion, { form });
    assert.equal(code, error, JSON.stringify(form));
    assert.match(why, message);
  }
  const { clientId, clientSecret } = http.administrator;
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
  assert.equal((await refusal(http, assertion, { authorization: basic }))[1], "invalid_request");
  assert.equal((await refusal(http, assertion, { authorization: "Bearer x" }))[1], "invalid_request");
  const signed = { authorization: `Bearer ${assertion}`, form: { client_id: clientId } };
  assert.equal((await present(http, assertion, signed)).statusCode, 200);
  const elsewhere = await http.send({
    method: "POST",
    path: "/oidc/accounts/11111111-2222-4333-8444-555555555555/v1/token",
    token: null,
    body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
  });
  assert.equal(elsewhere.json().error, "invalid_grant");
  const metadata = `/oidc/accounts/${http.account}/.well-known/oauth-authorization-server`;
  const { grant_types_supported } = (await http.send({ path: metadata, token: null })).json();
  assert.ok(grant_types_supported.includes(GRANT));
});
