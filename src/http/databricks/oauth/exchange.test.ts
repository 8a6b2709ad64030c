import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import { type DatabricksHttp, databricksHttp } from "../../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../../test/support/databricks-workspaces.ts";
import { type TestIssuer, type TokenClaims, testIssuer } from "../../../../test/support/test-issuer.ts";
import { accountId, type PrincipalId } from "../../../core/ids.ts";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT = "urn:ietf:params:oauth:token-type:jwt";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL = "urn:databricks:params:oauth:token-type:personal-access-token";
const SUBJECT = "repo:my-org/my-repo:environment:prod";

interface Federated {
  readonly http: DatabricksHttp;
  readonly idp: TestIssuer;
  /** The service principal that is trusted to be the workload; an administrator. */
  readonly clientId: string;
  readonly principal: PrincipalId;
  readonly policies: { readonly account: string; readonly principal: string };
  /** Seconds. */
  now(): number;
  /** A token of the provider, good for the workload unless a claim says otherwise. */
  token(claims?: TokenClaims): Promise<string>;
}

/** An account whose first service principal may be what the provider calls by the subject above. */
async function federated(t: TestContext): Promise<Federated> {
  const http = await databricksHttp(t);
  const idp = await testIssuer(t);
  const { clientId } = http.administrator;
  const found = await http.store.principals.named(accountId(http.account), "service-principal", clientId);
  assert.ok(found);
  const account = `/api/2.0/accounts/${http.account}`;
  const policies = {
    account: `${account}/federationPolicies`,
    principal: `${account}/servicePrincipals/${found.id}/federationPolicies`,
  };
  const now = () => http.clock.now() / 1000;
  const token = (claims: TokenClaims = {}) =>
    idp.token({ sub: SUBJECT, aud: http.account, iat: now(), exp: now() + 600, ...claims });
  return { http, idp, clientId, principal: found.id, policies, now, token };
}

/** Makes a policy that trusts the provider, and answers its path. */
async function trust(
  { http, idp }: Federated,
  path: string,
  policy: object,
  keys: object = {},
): Promise<string> {
  const body = { oidc_policy: { issuer: idp.issuer, ...keys, ...policy } };
  const answer = await http.send({ method: "POST", path, body });
  assert.equal(answer.statusCode, 200, answer.body);
  return `${path}/${answer.json().policy_id}`;
}

interface ExchangeRequest {
  readonly form?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly authorization?: string;
}

function exchange(
  http: DatabricksHttp,
  subject: string,
  { form = {}, host, authorization }: ExchangeRequest = {},
) {
  return http.send({
    method: "POST",
    path: host === undefined ? `/oidc/accounts/${http.account}/v1/token` : "/oidc/v1/token",
    token: null,
    body: new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: subject,
      subject_token_type: JWT,
      scope: "all-apis",
      ...form,
    }).toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(host !== undefined && { host }),
      ...(authorization !== undefined && { authorization }),
    },
  });
}

async function refusal(http: DatabricksHttp, subject: string, request: ExchangeRequest = {}) {
  const answer = await exchange(http, subject, request);
  return [answer.statusCode, answer.json().error, answer.json().error_description];
}

const status = async (http: DatabricksHttp, token: string) =>
  (await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces`, token })).statusCode;

test("the token of a workload is exchanged for one of the service principal that trusts it", async (t) => {
  const federation = await federated(t);
  const { http, clientId, policies, token } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const answer = await exchange(http, await token(), { form: { client_id: clientId } });
  const { access_token, ...rest } = answer.json();
  // It lives as long as what it was given for.
  assert.deepEqual(rest, {
    token_type: "Bearer",
    expires_in: 600,
    scope: "all-apis",
    issued_token_type: ACCESS_TOKEN,
  });
  assert.equal(decodeJwt(access_token).sub, clientId);
  assert.equal(await status(http, access_token), 200);
  http.clock.advance(600_000);
  assert.equal(await status(http, access_token), 401);
  const [record] = http.audit.filter(({ actionName }) => actionName === "mintOAuthToken");
  assert.match(JSON.stringify(record?.userIdentity), new RegExp(clientId));
  assert.doesNotMatch(JSON.stringify(http.audit), /eyJ/);
});

test("one token is exchanged as often as it is valid, and no longer than an hour at once", async (t) => {
  const federation = await federated(t);
  const { http, clientId: client_id, policies, token, now } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const long = await token({ exp: now() + 7200 });
  const first = (await exchange(http, long, { form: { client_id } })).json();
  const second = (await exchange(http, long, { form: { client_id } })).json();
  assert.deepEqual([first.expires_in, second.expires_in], [3600, 3600]);
  assert.notEqual(first.access_token, second.access_token);
  http.clock.advance(7_199_000);
  assert.equal((await exchange(http, long, { form: { client_id } })).json().expires_in, 1);
});

test("the account's policies take the users and service principals that a claim names", async (t) => {
  const federation = await federated(t);
  const { http, clientId, policies, token } = federation;
  const path = await trust(federation, policies.account, {
    audiences: ["databricks", "other"],
    subject_claim: "email",
  });
  const subjectOf = async (email: string) => {
    const answer = await exchange(http, await token({ aud: ["x", "databricks"], email }));
    return answer.statusCode === 200
      ? decodeJwt(answer.json().access_token).sub
      : answer.json().error_description;
  };
  assert.equal(await subjectOf(http.administrator.userName.toUpperCase()), http.administrator.userName);
  assert.equal(await subjectOf(clientId), clientId);
  assert.match(await subjectOf("nobody@example.com"), /TOKEN_SUBJECT_INVALID \(There is no active user/);
  assert.match(await subjectOf(""), /TOKEN_SUBJECT_INVALID \(Token claim 'email' is not a text\)/);
  // They are the account's alone: who names a service principal is meant to be trusted by it.
  const [, , named] = await refusal(http, await token({ aud: "databricks", email: clientId }), {
    form: { client_id: clientId },
  });
  assert.match(named, /Ensure a valid federation policy/);
  assert.equal((await http.send({ path })).json().oidc_policy.subject, undefined);
});

test("a policy of a service principal is not found by its subject: the request names whom it wants", async (t) => {
  const federation = await federated(t);
  const { http, idp, policies, token } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const none = `Failed to process token: TOKEN_INVALID (Ensure a valid federation policy has been configured). Valid federation policy for provided token: {issuer: '${idp.issuer}', subject: '${SUBJECT}', audience: '${http.account}'}`;
  assert.deepEqual(await refusal(http, await token()), [400, "invalid_grant", none]);
  // Whether a service principal is there is not told.
  const client_id = "11111111-2222-4333-8444-555555555555";
  assert.deepEqual(await refusal(http, await token(), { form: { client_id } }), [400, "invalid_grant", none]);
});

test("keys may be given in the policy, or at another address than the issuer says; both kinds of keys check", async (t) => {
  for (const algorithm of ["RS256", "ES256"] as const) {
    const federation = await federated(t);
    const { http, idp, clientId: client_id, policies, token } = federation;
    await idp.rotate(algorithm);
    const origin = new URL(idp.issuer).origin;
    idp.instead.set("/.well-known/openid-configuration", (response) => response.writeHead(404).end());
    for (const keys of [{ jwks_json: idp.jwks() }, { jwks_uri: `${origin}/keys` }]) {
      const path = await trust(federation, policies.principal, { subject: SUBJECT }, keys);
      assert.equal((await exchange(http, await token(), { form: { client_id } })).statusCode, 200);
      assert.equal((await http.send({ method: "DELETE", path })).statusCode, 200);
    }
  }
});

test("tokens that were given for a policy end with it, with its trust and with its principal", async (t) => {
  const federation = await federated(t);
  const { http, clientId: client_id, principal, policies, token } = federation;
  const give = async () => (await exchange(http, await token(), { form: { client_id } })).json().access_token;
  const path = await trust(federation, policies.principal, { subject: SUBJECT });
  const given = await give();
  const patch = (body: object) => http.send({ method: "PATCH", path, body });
  await patch({ description: "of no account" });
  assert.equal(await status(http, given), 200);
  await patch({ oidc_policy: { audiences: ["other", http.account] } });
  assert.equal(await status(http, given), 401);
  const later = await give();
  await http.send({ method: "DELETE", path });
  assert.equal(await status(http, later), 401);
  assert.equal((await refusal(http, await token(), { form: { client_id } }))[1], "invalid_grant");

  await trust(federation, policies.principal, { subject: SUBJECT });
  const last = await give();
  const [current] = [await http.store.principals.get(accountId(http.account), principal)];
  assert.ok(current);
  await http.store.commit([{ kind: "principal", row: { ...current, active: false } }]);
  assert.equal(await status(http, last), 401);
  assert.match((await refusal(http, await token(), { form: { client_id } }))[2], /There is no active user/);
});

test("tokens that are not good are refused, each with its reason", async (t) => {
  const federation = await federated(t);
  const { http, idp, clientId: client_id, policies, token, now } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const good = await token();
  const [header = "", claims = "", signature = ""] = good.split(".");
  const head = (alg: string) => Buffer.from(JSON.stringify({ alg, kid: "key-1" })).toString("base64url");
  const { privateKey } = await generateKeyPair("RS256");
  const forge = () => new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: "RS256", kid: "key-1" });
  const hmac = new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: "HS256", kid: "key-1" });
  const cases: readonly [string, string, RegExp][] = [
    ["expired", await token({ exp: now() }), /TOKEN_EXPIRED \(The token has expired\)/],
    ["long expired", await token({ exp: now() - 9999 }), /TOKEN_EXPIRED/],
    ["without an end", await token({ exp: undefined }), /TOKEN_INVALID \(The token's claim 'exp' is missing/],
    ["not yet valid", await token({ nbf: now() + 60 }), /TOKEN_NOT_YET_VALID/],
    [
      "for somebody else",
      await token({ aud: "https://other" }),
      /TOKEN_AUDIENCE_INVALID \(Token audience 'https:\/\/other' invalid\). Valid .*, audience: '[0-9a-f-]{36}'}/,
    ],
    ["for nobody", await token({ aud: undefined }), /TOKEN_AUDIENCE_INVALID/],
    [
      "of another subject",
      await token({ sub: "repo:strangers" }),
      /TOKEN_SUBJECT_INVALID \(Token subject 'repo:/,
    ],
    ["of no subject", await token({ sub: undefined }), /TOKEN_SUBJECT_INVALID/],
    [
      "of another issuer",
      await token({ iss: "https://other.example.com" }),
      /TOKEN_INVALID \(Ensure a valid/,
    ],
    ["with a slash more", await token({ iss: `${idp.issuer}/` }), /TOKEN_INVALID \(Ensure a valid/],
    ["of another's key", await forge().sign(privateKey), /TOKEN_SIGNATURE_INVALID/],
    [
      "unsigned",
      `${head("none")}.${claims}.`,
      /TOKEN_INVALID \(The token is not signed with RS256 or ES256\)/,
    ],
    [
      "signed with the public key",
      await hmac.sign(Buffer.from(idp.jwks())),
      /not signed with RS256 or ES256/,
    ],
    ["relabelled", `${head("ES256")}.${claims}.${signature}`, /TOKEN_SIGNATURE_INVALID/],
    ["cut short", good.slice(0, -9), /TOKEN_(SIGNATURE_)?INVALID/],
    ["without a signature", `${header}.${claims}`, /TOKEN_INVALID \(The token is not a valid JWT\)/],
    ["nothing", "x", /not a valid JWT/],
    ["dots", "..", /not a valid JWT/],
    ["no object", `${header}.${Buffer.from("[]").toString("base64url")}.x`, /not a valid JWT/],
  ];
  for (const [what, text, message] of cases) {
    const [code, error, description] = await refusal(http, text, { form: { client_id } });
    assert.deepEqual([code, error], [400, "invalid_grant"], what);
    assert.match(description, message, what);
  }
  // Nobody is told whom the policy takes, and who has signed himself not even what for.
  const foreign = await new SignJWT({ iss: idp.issuer, sub: "x", aud: "y", exp: now() + 60 })
    .setProtectedHeader({ alg: "RS256", kid: "key-1" })
    .sign(privateKey);
  const told = async (text: string) => (await refusal(http, text, { form: { client_id } }))[2];
  assert.doesNotMatch(await told(foreign), new RegExp(http.account));
  for (const text of [foreign, await token({ sub: "x" }), await token({ sub: "x", aud: "y" })])
    assert.doesNotMatch(await told(text), /repo:/);
  assert.equal((await exchange(http, good, { form: { client_id } })).statusCode, 200);
  // None of them signs in by itself: only what it is exchanged for does.
  assert.equal(await status(http, good), 401);
});

test("a request that is more than an exchange, or less, is refused", async (t) => {
  const federation = await federated(t);
  const { http, clientId: client_id, policies, token } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const own = (await exchange(http, await token(), { form: { client_id } })).json().access_token;
  const cases: readonly [ExchangeRequest["form"], string, RegExp][] = [
    [{ subject_token: "" }, "invalid_request", /subject_token is missing/],
    [{ subject_token_type: "" }, "invalid_request", /subject_token_type is missing/],
    [{ subject_token_type: ACCESS_TOKEN }, "invalid_request", /subject_token_type: give urn:/],
    [{ requested_token_type: JWT }, "invalid_request", /requested_token_type/],
    [{ actor_token: "x" }, "invalid_request", /actor_token is not supported/],
    [{ client_secret: "x" }, "invalid_request", /takes no client secret/],
    [{ assume_group: "1" }, "invalid_request", /assume_group is not supported/],
    [{ scope: "sql" }, "invalid_scope", /ask for all-apis/],
    // A token of our own is no way to a longer one.
    [{ subject_token: own }, "invalid_grant", /Ensure a valid federation policy/],
  ];
  for (const [form, error, message] of cases) {
    const [, code, description] = await refusal(http, await token(), { form: { client_id, ...form } });
    assert.equal(code, error, JSON.stringify(form));
    assert.match(description, message);
  }
  const authorization = `Basic ${Buffer.from(`${client_id}:x`).toString("base64")}`;
  assert.equal((await refusal(http, await token(), { authorization }))[1], "invalid_request");
  const elsewhere = await http.send({
    method: "POST",
    path: "/oidc/accounts/11111111-2222-4333-8444-555555555555/v1/token",
    token: null,
    body: new URLSearchParams({
      grant_type: EXCHANGE,
      subject_token: await token(),
      subject_token_type: JWT,
      client_id,
    }).toString(),
  });
  assert.equal(elsewhere.json().error, "invalid_grant");
});

test("a workspace gives tokens that open it alone, to those who are in it", async (t) => {
  const federation = await federated(t);
  const { http, clientId: client_id, policies, token } = federation;
  const workspaces = await runningWorkspaces(http, ["sales", "other"]);
  await trust(federation, policies.principal, { subject: SUBJECT });
  await trust(federation, policies.account, {});
  const host = "sales.example.com";
  const given = (await exchange(http, await token(), { form: { client_id }, host })).json().access_token;
  const me = async (workspace: string) =>
    (
      await http.send({
        path: "/api/2.0/preview/scim/v2/Me",
        token: given,
        headers: { "x-databricks-workspace-id": workspace },
      })
    ).statusCode;
  assert.deepEqual([await me(workspaces.sales), await me(workspaces.other)], [200, 403]);
  assert.equal(await status(http, given), 403);
  const scim = `/api/2.0/accounts/${http.account}/scim/v2/Users`;
  await http.send({ method: "POST", path: scim, body: { userName: "new@example.com" } });
  const stranger = await token({ sub: "new@example.com" });
  assert.equal((await exchange(http, stranger)).statusCode, 200);
  assert.equal((await refusal(http, stranger, { host }))[1], "unauthorized_client");
});

test("a personal access token is exchanged where it is good, and its end is the new one's", async (t) => {
  const { http } = await federated(t);
  const workspaces = await runningWorkspaces(http, ["sales", "other"]);
  const form = { subject_token_type: PERSONAL };
  const headers = { "x-databricks-workspace-id": workspaces.sales };
  const made = await http.send({
    method: "POST",
    path: "/api/2.0/token/create",
    body: { lifetime_seconds: 900 },
    headers,
  });
  const { token_value: text, token_info } = made.json();
  const there = (await exchange(http, text, { form, host: "sales.example.com" })).json();
  assert.equal(there.expires_in, 900);
  const me = { path: "/api/2.0/preview/scim/v2/Me", token: there.access_token, headers };
  assert.equal((await http.send(me)).json().userName, http.administrator.userName);
  for (const request of [{ form }, { form, host: "other.example.com" }]) {
    const [code, error, description] = await refusal(http, text, request);
    assert.deepEqual([code, error], [400, "invalid_grant"]);
    assert.match(description, /The personal access token is of workspace/);
  }
  const body = { token_id: token_info.token_id };
  await http.send({ method: "POST", path: "/api/2.0/token/delete", body, headers });
  assert.equal((await http.send(me)).statusCode, 401);
  for (const wrong of [text, "dapi0", there.access_token])
    assert.equal((await refusal(http, wrong, { form, host: "sales.example.com" }))[1], "invalid_grant");
  const wide = (await exchange(http, http.administrator.token, { form })).json();
  assert.equal(await status(http, wide.access_token), 200);
});

test("an issuer's new key is fetched when a token names it, but not for every token that names one", async (t) => {
  const federation = await federated(t);
  const { http, idp, clientId: client_id, policies, token } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  const fetches = () => idp.asked.filter((path) => path === "/keys").length;
  const form = { client_id };
  const old = await token();
  assert.equal((await exchange(http, old, { form })).statusCode, 200);
  assert.equal(fetches(), 1);
  await idp.rotate();
  const rotated = await token();
  assert.match((await refusal(http, rotated, { form }))[2], /The issuer has no key/);
  http.clock.advance(10_000);
  assert.equal((await exchange(http, rotated, { form })).statusCode, 200);
  assert.equal(fetches(), 2);
  // The old key has been withdrawn.
  assert.match((await refusal(http, old, { form }))[2], /The issuer has no key/);
  const unknown = await Promise.all(
    Array.from({ length: 20 }, async (_, index) =>
      idp.token({ sub: SUBJECT, aud: http.account, exp: federation.now() + 60 }, { kid: `guess-${index}` }),
    ),
  );
  for (const text of unknown) assert.match((await refusal(http, text, { form }))[2], /The issuer has no key/);
  assert.equal(fetches(), 2);
});

test("an issuer that is down is a matter of the server's, and asked once in a while", async (t) => {
  const federation = await federated(t);
  const { http, idp, clientId: client_id, policies, now } = federation;
  await trust(federation, policies.principal, { subject: SUBJECT });
  http.clock.advance(600_000);
  const token = await idp.token({ sub: SUBJECT, aud: http.account, exp: now() + 600 });
  idp.instead.set("/keys", (response) => response.writeHead(302, { location: "/elsewhere" }).end());
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => refusal(http, token, { form: { client_id } })),
  );
  const why = `Unable to load valid OpenID configuration for issuer '${idp.issuer}': it answered HTTP 302.`;
  for (const answer of answers) assert.deepEqual(answer, [503, "server_error", why]);
  // A policy that has the keys itself does not need the issuer.
  const keys = { jwks_json: idp.jwks() };
  const path = await trust(federation, policies.principal, { subject: SUBJECT }, keys);
  assert.equal((await exchange(http, token, { form: { client_id } })).statusCode, 200);
  await http.send({ method: "DELETE", path });
  assert.deepEqual(
    idp.asked,
    [1, 2].flatMap(() => ["/.well-known/openid-configuration", "/keys"]),
  );
  idp.instead.clear();
  http.clock.advance(10_000);
  assert.equal((await exchange(http, token, { form: { client_id } })).statusCode, 200);
});

test("the metadata names the grant, and the audience that policies expect", async (t) => {
  const http = await databricksHttp(t);
  const get = async (path: string) => (await http.send({ path, token: null })).json();
  const metadata = await get(`/oidc/accounts/${http.account}/.well-known/oauth-authorization-server`);
  assert.ok(metadata.grant_types_supported.includes(EXCHANGE));
  assert.ok(metadata.token_endpoint_auth_methods_supported.includes("none"));
  const config = await get("/.well-known/databricks-config");
  assert.deepEqual(config.token_federation_default_oidc_audiences, [http.account]);
});
