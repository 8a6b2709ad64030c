import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import { Browser } from "../../../../test/support/browser.ts";
import { type DatabricksHttp, databricksHttp } from "../../../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../../../test/support/databricks-workspaces.ts";
import { addSigningKey, retireSigningKeys } from "../../../use-cases/rotate-keys.ts";

const ORIGIN = "http://main.test:8080";
const SALES = "http://sales.example.com";
const REDIRECT = "http://localhost:8020";

interface World {
  readonly http: DatabricksHttp;
  readonly account: string;
  readonly authorize: string;
}

async function world(t: TestContext): Promise<World> {
  const http = await databricksHttp(t);
  return { http, account: http.account, authorize: `/oidc/accounts/${http.account}/v1/authorize` };
}

const verifier = randomBytes(32).toString("base64url");

function query(different: Readonly<Record<string, string | null>> = {}): string {
  const parameters = {
    response_type: "code",
    client_id: "databricks-cli",
    redirect_uri: REDIRECT,
    scope: "offline_access all-apis",
    state: "a&b",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...different,
  };
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  );
  return `?${new URLSearchParams(given as [string, string][])}`; // what the line above has made
}

/** Logs in by the page, in a browser that nobody has logged in with before. Answers where it is sent. */
async function logIn(http: DatabricksHttp, path: string, browser = new Browser(http.app, ORIGIN)) {
  const { userName, password } = http.administrator;
  const page = await browser.get(path);
  assert.equal(page.statusCode, 200, page.body);
  const answer = await browser.submit(path, page, "Log in", { user_name: userName, password });
  assert.equal(answer.statusCode, 303, answer.body);
  return new URL(String(answer.headers.location));
}

async function codeOf(http: DatabricksHttp, path: string, origin = ORIGIN): Promise<string> {
  return (await logIn(http, path, new Browser(http.app, origin))).searchParams.get("code") ?? "";
}

function token(http: DatabricksHttp, form: Readonly<Record<string, string>>, path?: string, host?: string) {
  return http.send({
    method: "POST",
    path: path ?? `/oidc/accounts/${http.account}/v1/token`,
    token: null,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(host !== undefined && { host }),
    },
    body: new URLSearchParams({ client_id: "databricks-cli", ...form }).toString(),
  });
}

const exchange = (code: string) => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: REDIRECT,
  code_verifier: verifier,
});
const refresh = (refreshToken: string) => ({ grant_type: "refresh_token", refresh_token: refreshToken });

const status = async (http: DatabricksHttp, accessToken: string) =>
  (await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces`, token: accessToken })).statusCode;

test("a log-in gives the client a code, for which it gets an access token and a refresh token", async (t) => {
  const { http, authorize } = await world(t);
  const back = await logIn(http, authorize + query());
  assert.equal(back.origin, REDIRECT);
  assert.deepEqual([...back.searchParams.keys()], ["code", "state", "iss"]);
  assert.equal(back.searchParams.get("state"), "a&b");
  assert.equal(back.searchParams.get("iss"), `${ORIGIN}/oidc/accounts/${http.account}`);
  const answer = await token(http, exchange(back.searchParams.get("code") ?? ""));
  const { access_token, refresh_token, ...rest } = answer.json();
  assert.deepEqual(rest, { token_type: "Bearer", expires_in: 3600, scope: "offline_access all-apis" });
  assert.equal(await status(http, access_token), 200);
  const audited = http.audit.map(({ actionName }) => actionName);
  assert.deepEqual(audited.slice(0, 2), ["mintOAuthAuthorizationCode", "mintOAuthToken"]);
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(`${refresh_token}|${verifier}`));
});

test("without offline_access there is no refresh token, and the access token ends in its time", async (t) => {
  const { http, authorize } = await world(t);
  const answer = await token(http, exchange(await codeOf(http, authorize + query({ scope: null }))));
  const { access_token, refresh_token, scope } = answer.json();
  assert.deepEqual([refresh_token, scope], [undefined, "all-apis"]);
  assert.equal(await status(http, access_token), 200);
  http.clock.advance(3_600_000);
  assert.equal(await status(http, access_token), 401);
});

test("a code is good once: what was given for it ends when it comes again", async (t) => {
  const { http, authorize } = await world(t);
  const code = await codeOf(http, authorize + query());
  const first = (await token(http, exchange(code))).json();
  assert.equal(await status(http, first.access_token), 200);
  const again = await token(http, exchange(code));
  assert.deepEqual([again.statusCode, again.json().error], [400, "invalid_grant"]);
  assert.equal(await status(http, first.access_token), 401);
  assert.equal((await token(http, refresh(first.refresh_token))).json().error, "invalid_grant");
});

test("of many who redeem one code at the same instant none is left with anything", async (t) => {
  const { http, authorize } = await world(t);
  const code = await codeOf(http, authorize + query());
  const answers = await Promise.all(Array.from({ length: 8 }, () => token(http, exchange(code))));
  const given = answers.filter(({ statusCode }) => statusCode === 200);
  assert.ok(given.length <= 1, `${given.length} got tokens`);
  for (const answer of given) assert.equal(await status(http, answer.json().access_token), 401);
});

test("a code gives nothing to another client, address or verifier, and stays good", async (t) => {
  const { http, authorize } = await world(t);
  const code = await codeOf(http, authorize + query());
  for (const [different, error] of [
    [{ client_id: "dbt-databricks" }, "invalid_grant"],
    [{ client_id: "x" }, "invalid_client"],
    [{ client_secret: "x" }, "invalid_client"],
    [{ redirect_uri: "http://localhost:8021" }, "invalid_grant"],
    [{ redirect_uri: "" }, "invalid_request"],
    [{ code_verifier: randomBytes(32).toString("base64url") }, "invalid_grant"],
    [{ code_verifier: "x" }, "invalid_grant"],
    [{ code_verifier: "" }, "invalid_request"],
    [{ code: "dcod0" }, "invalid_grant"],
  ] as const) {
    const answer = await token(http, { ...exchange(code), ...different });
    assert.deepEqual([different, answer.json().error], [different, error]);
  }
  assert.equal((await token(http, exchange(code))).statusCode, 200);
});

test("a code ends after a minute", async (t) => {
  const { http, authorize } = await world(t);
  const code = await codeOf(http, authorize + query());
  http.clock.advance(60_000);
  assert.equal((await token(http, exchange(code))).json().error, "invalid_grant");
});

test("each refresh gives another token; one that comes again ends the whole family", async (t) => {
  const { http, authorize } = await world(t);
  const first = (await token(http, exchange(await codeOf(http, authorize + query())))).json();
  const second = (await token(http, refresh(first.refresh_token))).json();
  const third = (await token(http, refresh(second.refresh_token))).json();
  assert.equal(new Set([first, second, third].map((each) => each.refresh_token)).size, 3);
  assert.equal(await status(http, first.access_token), 200);
  const again = (await token(http, refresh(first.refresh_token))).json();
  assert.deepEqual(again, { error: "invalid_grant", error_description: "Refresh token is invalid" });
  assert.equal((await token(http, refresh(third.refresh_token))).json().error, "invalid_grant");
  for (const { access_token } of [first, second, third]) assert.equal(await status(http, access_token), 401);
});

test("of two who use a refresh token at the same instant none is left with anything", async (t) => {
  const { http, authorize } = await world(t);
  const first = (await token(http, exchange(await codeOf(http, authorize + query())))).json();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => token(http, refresh(first.refresh_token))),
  );
  const given = answers.filter(({ statusCode }) => statusCode === 200);
  assert.ok(given.length <= 1, `${given.length} got tokens`);
  for (const answer of given)
    assert.equal((await token(http, refresh(answer.json().refresh_token))).json().error, "invalid_grant");
});

test("a refresh token is for its own client and authorization server, and ends when it is not used", async (t) => {
  const { http, authorize } = await world(t);
  await runningWorkspaces(http, ["sales"]);
  const { refresh_token } = (await token(http, exchange(await codeOf(http, authorize + query())))).json();
  const refused = async (answer: ReturnType<typeof token>) => (await answer).json().error;
  assert.equal(
    await refused(token(http, { ...refresh(refresh_token), client_id: "dbt-databricks" })),
    "invalid_grant",
  );
  assert.equal(
    await refused(token(http, refresh(refresh_token), "/oidc/v1/token", "sales.example.com")),
    "invalid_grant",
  );
  assert.equal(await refused(token(http, { ...refresh(refresh_token), scope: "sql" })), "invalid_scope");
  http.clock.advance(604_799_000);
  const next = (await token(http, refresh(refresh_token))).json();
  http.clock.advance(604_800_000);
  assert.equal(await refused(token(http, refresh(next.refresh_token))), "invalid_grant");
});

test("however often it is refreshed, a grant ends after 90 days", async (t) => {
  const { http, authorize } = await world(t);
  let { refresh_token: current } = (
    await token(http, exchange(await codeOf(http, authorize + query())))
  ).json();
  for (let week = 0; week < 14; week += 1) {
    http.clock.advance(6.5 * 86_400_000);
    const answer = await token(http, refresh(current));
    if (answer.statusCode !== 200) {
      assert.ok(week >= 13, `week ${week}: ${answer.body}`);
      return;
    }
    current = answer.json().refresh_token;
  }
  assert.fail("it goes on");
});

for (const which of ["access_token", "refresh_token"] as const) {
  test(`revoking the ${which} ends the family, and tells nothing to another client`, async (t) => {
    const { http, authorize } = await world(t);
    const given = (await token(http, exchange(await codeOf(http, authorize + query())))).json();
    const path = `/oidc/accounts/${http.account}/v1/revoke`;
    const revoke = (form: Readonly<Record<string, string>>) => token(http, form, path);
    const others = await revoke({ token: given[which], client_id: "dbt-databricks" });
    assert.equal(others.statusCode, 200);
    assert.equal((await revoke({ token: "dort0" })).statusCode, 200);
    assert.equal((await revoke({})).json().error, "invalid_request");
    assert.equal(await status(http, given.access_token), 200);
    assert.equal((await revoke({ token: given[which] })).statusCode, 200);
    assert.equal(await status(http, given.access_token), 401);
    assert.equal((await token(http, refresh(given.refresh_token))).json().error, "invalid_grant");
  });
}

test("a workspace's tokens open that workspace alone, and end with their user's place in it", async (t) => {
  const { http } = await world(t);
  const { sales } = await runningWorkspaces(http, ["sales", "other"]);
  const code = await codeOf(http, `/oidc/v1/authorize${query()}`, SALES);
  const there = (form: Readonly<Record<string, string>>) =>
    token(http, form, "/oidc/v1/token", "sales.example.com");
  assert.equal((await token(http, exchange(code))).json().error, "invalid_grant");
  const { access_token, refresh_token } = (await there(exchange(code))).json();
  const me = (host: string) =>
    http.send({ path: "/api/2.0/preview/scim/v2/Me", token: access_token, headers: { host } });
  assert.deepEqual(
    [(await me("sales.example.com")).statusCode, (await me("other.example.com")).statusCode],
    [200, 403],
  );
  assert.equal(await status(http, access_token), 403);
  const { id } = (await me("sales.example.com")).json();
  const path = `/api/2.0/accounts/${http.account}/workspaces/${sales}/permissionassignments/principals/${id}`;
  assert.equal((await http.send({ method: "DELETE", path })).statusCode, 200);
  assert.equal((await me("sales.example.com")).statusCode, 401);
  assert.equal((await there(refresh(refresh_token))).json().error, "invalid_grant");
});

test("a registered app proves itself, is answered where it is registered, and takes its tokens with it", async (t) => {
  const { http, authorize } = await world(t);
  const apps = `/api/2.0/accounts/${http.account}/oauth2/custom-app-integrations`;
  const redirect_uri = "https://app.example.com/back";
  const app = (
    await http.send({
      method: "POST",
      path: apps,
      body: {
        name: "App",
        redirect_urls: [redirect_uri],
        confidential: true,
        scopes: ["all-apis", "offline_access"],
      },
    })
  ).json();
  const { client_id } = app;
  const elsewhere = await new Browser(http.app, ORIGIN).get(
    authorize + query({ client_id, redirect_uri: `${redirect_uri}/x` }),
  );
  assert.equal(elsewhere.statusCode, 400);
  const code = await codeOf(http, authorize + query({ client_id, redirect_uri }));
  const proof = { client_id, client_secret: app.client_secret };
  const wanted = { ...exchange(code), redirect_uri };
  assert.equal((await token(http, { ...wanted, client_id })).json().error, "invalid_client");
  const given = (await token(http, { ...wanted, ...proof })).json();
  assert.equal(await status(http, given.access_token), 200);
  // As it is registered, without single use.
  for (const _ of [1, 2]) {
    const again = (await token(http, { ...refresh(given.refresh_token), ...proof })).json();
    assert.equal(again.refresh_token, given.refresh_token);
  }
  assert.equal(
    (await token(http, { ...refresh(given.refresh_token), client_id })).json().error,
    "invalid_client",
  );
  assert.equal(
    (await http.send({ method: "DELETE", path: `${apps}/${app.integration_id}` })).statusCode,
    200,
  );
  assert.equal(await status(http, given.access_token), 401);
  assert.equal(
    (await token(http, { ...refresh(given.refresh_token), ...proof })).json().error,
    "invalid_client",
  );
});

test("an app's policy says how long its tokens last, and that a refresh token is good once", async (t) => {
  const { http, authorize } = await world(t);
  const redirect_uri = "https://app.example.com/back";
  const { client_id } = (
    await http.send({
      method: "POST",
      path: `/api/2.0/accounts/${http.account}/oauth2/custom-app-integrations`,
      body: {
        name: "App",
        redirect_urls: [redirect_uri],
        token_access_policy: {
          access_token_ttl_in_minutes: 10,
          refresh_token_ttl_in_minutes: 20,
          absolute_session_lifetime_in_minutes: 30,
          enable_single_use_refresh_tokens: true,
        },
      },
    })
  ).json();
  const code = await codeOf(http, authorize + query({ client_id, redirect_uri }));
  const first = (await token(http, { ...exchange(code), redirect_uri, client_id })).json();
  assert.equal(first.expires_in, 600);
  http.clock.advance(600_000);
  assert.equal(await status(http, first.access_token), 401);
  const second = (await token(http, { ...refresh(first.refresh_token), client_id })).json();
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(await status(http, second.access_token), 200);
  // The session is over however often its token was renewed.
  http.clock.advance(1_200_000);
  const late = await token(http, { ...refresh(second.refresh_token), client_id });
  assert.equal(late.json().error, "invalid_grant");
});

test("an access token lasts as long as a policy can say, whatever happens to the signing keys", async (t) => {
  const { http, authorize } = await world(t);
  const redirect_uri = "https://app.example.com/back";
  const path = `/api/2.0/accounts/${http.account}/oauth2/custom-app-integrations`;
  const token_access_policy = { access_token_ttl_in_minutes: 1440 };
  const body = { name: "App", redirect_urls: [redirect_uri], token_access_policy };
  const { client_id } = (await http.send({ method: "POST", path, body })).json();
  const code = await codeOf(http, authorize + query({ client_id, redirect_uri }));
  const given = await token(http, { ...exchange(code), redirect_uri, client_id });
  assert.deepEqual([given.statusCode, given.json().expires_in], [200, 86_400]);
  const [key] = await http.store.signingKeys.list();
  assert.ok(key);
  await addSigningKey(
    http.store,
    async (nowMs) => ({ ...key, id: "next", createdAtMs: nowMs }),
    http.clock.now(),
  );
  http.clock.advance(86_399_000);
  assert.deepEqual(await retireSigningKeys(http.store, http.clock.now()), []);
  assert.equal(await status(http, given.json().access_token), 200);
});

test("the metadata tells of it", async (t) => {
  const { http } = await world(t);
  const path = `/oidc/accounts/${http.account}/.well-known/oauth-authorization-server`;
  const issuer = `${ORIGIN}/oidc/accounts/${http.account}`;
  const metadata = (await http.send({ path, token: null, headers: { host: "main.test:8080" } })).json();
  assert.equal(metadata.authorization_endpoint, `${issuer}/v1/authorize`);
  assert.equal(metadata.revocation_endpoint, `${issuer}/v1/revoke`);
  assert.deepEqual(metadata.code_challenge_methods_supported, ["S256"]);
  assert.deepEqual(metadata.response_types_supported, ["code"]);
  for (const grant of ["authorization_code", "refresh_token", "client_credentials"])
    assert.ok(metadata.grant_types_supported.includes(grant), grant);
  assert.deepEqual(metadata.scopes_supported, ["all-apis", "offline_access"]);
});
