import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatabricksHttp, databricksHttp } from "../../../test/support/databricks-http.ts";
import { provesItself } from "../../core/access/oauth-client.ts";
import { accountId } from "../../core/ids.ts";
import { oauthClientById } from "../../use-cases/databricks/oauth-clients.ts";

const APP = { name: "Tableau", redirect_urls: ["https://tableau.example.com/callback"] };

const pathOf = (http: DatabricksHttp, rest = "") =>
  `/api/2.0/accounts/${http.account}/oauth2/custom-app-integrations${rest}`;

async function make(http: DatabricksHttp, body: object = APP) {
  const answer = await http.send({ method: "POST", path: pathOf(http), body });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

test("a confidential app's secret is shown once and stored as its hash alone", async (t) => {
  const http = await databricksHttp(t);
  const made = await make(http, { ...APP, confidential: true });
  assert.match(made.client_secret, /^dose[0-9a-f]{32}$/);
  const shown = (await http.send({ path: pathOf(http, `/${made.integration_id}`) })).json();
  assert.deepEqual(shown, {
    integration_id: made.integration_id,
    client_id: made.client_id,
    ...APP,
    confidential: true,
    created_by: shown.created_by,
    create_time: "2026-01-01T00:00:00.000Z",
    creator_username: http.administrator.userName,
  });
  assert.equal(typeof shown.created_by, "number");
  assert.doesNotMatch(JSON.stringify(http.audit), new RegExp(made.client_secret));

  const client = await oauthClientById(http, accountId(http.account), made.client_id.toUpperCase());
  assert.ok(client);
  assert.notEqual(client.secretHash, made.client_secret);
  assert.deepEqual(
    [made.client_secret, "dose0", null].map((secret) => provesItself(client, secret)),
    [true, false, false],
  );
});

test("a public app has no secret; what was not given is left out, and has the vendor's defaults", async (t) => {
  const http = await databricksHttp(t);
  const made = await make(http);
  assert.deepEqual(Object.keys(made), ["integration_id", "client_id"]);
  const client = await oauthClientById(http, accountId(http.account), made.client_id);
  assert.ok(client);
  assert.deepEqual([provesItself(client, null), provesItself(client, "x")], [true, false]);
  assert.deepEqual(client.lifetimes, {
    accessTokenSeconds: 3600,
    refreshTokenSeconds: 604_800,
    sessionSeconds: null,
    singleUseRefreshTokens: false,
  });
  assert.ok(client.scopes.includes("all-apis"));
  const elsewhere = accountId("11111111-2222-3333-4444-555555555555");
  assert.equal(await oauthClientById(http, elsewhere, made.client_id), null);
});

test("an update replaces what it names, is read back as it was given, and a deleted app is no client", async (t) => {
  const http = await databricksHttp(t);
  const { integration_id, client_id } = await make(http);
  const one = pathOf(http, `/${integration_id}`);
  const change = {
    redirect_urls: ["http://localhost:8020", "https://b.example.com/"],
    scopes: ["sql", "all-apis"],
    user_authorized_scopes: ["sql"],
    token_access_policy: { access_token_ttl_in_minutes: 5, enable_single_use_refresh_tokens: false },
  };
  assert.deepEqual((await http.send({ method: "PATCH", path: one, body: change })).json(), {});
  const { redirect_urls, scopes, user_authorized_scopes, token_access_policy, confidential } = (
    await http.send({ path: one })
  ).json();
  assert.deepEqual({ redirect_urls, scopes, user_authorized_scopes, token_access_policy }, change);
  assert.equal(confidential, false);
  const client = await oauthClientById(http, accountId(http.account), client_id);
  assert.equal(client?.lifetimes.accessTokenSeconds, 300);

  assert.deepEqual((await http.send({ method: "DELETE", path: one })).json(), {});
  const gone = await http.send({ path: one });
  assert.deepEqual(
    [gone.statusCode, gone.json().error_code, gone.json().message],
    [
      404,
      "RESOURCE_DOES_NOT_EXIST",
      `Custom OAuth app integration with id ${integration_id} does not exist.`,
    ],
  );
  assert.equal((await http.send({ method: "DELETE", path: one })).statusCode, 404);
  assert.equal((await http.send({ method: "PATCH", path: one, body: change })).statusCode, 404);
  assert.equal(await oauthClientById(http, accountId(http.account), client_id), null);
});

test("apps of one name are listed by pages, each once, also where some go in between", async (t) => {
  const http = await databricksHttp(t);
  const ids: string[] = [];
  for (let count = 0; count < 5; count++) {
    ids.push((await make(http)).integration_id);
    http.clock.advance(1);
  }
  const page = async (token: string | null) => {
    const query = `?page_size=2${token === null ? "" : `&page_token=${token}`}`;
    return (await http.send({ path: pathOf(http, query) })).json();
  };
  const first = await page(null);
  await http.send({ method: "DELETE", path: pathOf(http, `/${ids[1]}`) });
  const second = await page(first.next_page_token);
  const third = await page(second.next_page_token);
  assert.deepEqual(
    [first, second, third].flatMap(({ apps }) =>
      apps.map((app: { integration_id: string }) => app.integration_id),
    ),
    ids,
  );
  assert.equal(third.next_page_token, undefined);
  assert.equal(first.apps[0].creator_username, undefined);
  const named = (await http.send({ path: pathOf(http, "?include_creator_username=true") })).json();
  assert.equal(named.apps[0].creator_username, http.administrator.userName);
  const wrong = await http.send({ path: pathOf(http, "?page_token=x") });
  assert.deepEqual([wrong.statusCode, wrong.json().error_code], [400, "INVALID_PARAMETER_VALUE"]);
});

test("an app that cannot be is refused in words", async (t) => {
  const http = await databricksHttp(t);
  const refusals: readonly (readonly [object, RegExp])[] = [
    [{ name: undefined }, /^Missing required field: name/],
    [{ redirect_urls: [] }, /^redirect_urls: give at least one/],
    [{ redirect_urls: ["/callback"] }, /'\/callback' is not an https URL/],
    [{ redirect_urls: ["http://a.example.com/"] }, /is not an https URL/],
    [{ redirect_urls: ["https://a.example.com/#x"] }, /without a fragment/],
    [{ redirect_urls: ["javascript:alert(1)"] }, /is not an https URL/],
    [{ scopes: ["clusters"] }, /^scopes: 'clusters' is not one of all-apis/],
    [{ scopes: ["sql"], user_authorized_scopes: ["all-apis"] }, /^user_authorized_scopes: 'all-apis'/],
    [
      { token_access_policy: { access_token_ttl_in_minutes: 1441 } },
      /^token_access_policy.access_token_ttl_in_minutes: give 5 to 1440 minutes/,
    ],
  ];
  for (const [change, message] of refusals) {
    const answer = await http.send({ method: "POST", path: pathOf(http), body: { ...APP, ...change } });
    assert.deepEqual([answer.statusCode, answer.json().error_code], [400, "INVALID_PARAMETER_VALUE"]);
    assert.match(answer.json().message, message);
  }
});
