import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { accountId } from "../../core/ids.ts";
import { oauthClientById } from "../../use-cases/databricks/oauth-clients.ts";

test("an integration of a published app says how long its tokens last, until it is deleted", async (t) => {
  const http = await databricksHttp(t);
  const call = async (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object) => {
    const url = `/api/2.0/accounts/${http.account}/oauth2/${path}`;
    const answer = await http.send({ method, path: url, body });
    return { status: answer.statusCode, body: answer.json() };
  };
  const lifetimes = async () =>
    (await oauthClientById(http, accountId(http.account), "databricks-cli"))?.lifetimes;
  const own = {
    accessTokenSeconds: 3600,
    refreshTokenSeconds: 604_800,
    sessionSeconds: 7_776_000,
    singleUseRefreshTokens: true,
  };
  assert.deepEqual(await lifetimes(), own);

  const { apps } = (await call("GET", "published-apps")).body;
  assert.deepEqual(
    apps.map(({ app_id, client_id }: Record<string, unknown>) => [app_id, client_id]),
    [
      ["databricks-cli", "databricks-cli"],
      ["databricks-dbt-adapter", "dbt-databricks"],
    ],
  );
  assert.deepEqual((await call("GET", "published-app-integrations")).body, { apps: [] });
  const path = "published-app-integrations";
  const policy = { access_token_ttl_in_minutes: 10, enable_single_use_refresh_tokens: false };
  const { integration_id } = (
    await call("POST", path, { app_id: "databricks-cli", token_access_policy: policy })
  ).body;
  assert.deepEqual(await lifetimes(), { ...own, accessTokenSeconds: 600, singleUseRefreshTokens: false });
  const one = `${path}/${integration_id}`;
  const shown = (await call("GET", one)).body;
  assert.deepEqual(shown, {
    integration_id,
    app_id: "databricks-cli",
    name: "Databricks CLI and SDKs",
    token_access_policy: policy,
    created_by: shown.created_by,
    create_time: "2026-01-01T00:00:00.000Z",
  });
  assert.deepEqual((await call("GET", path)).body, { apps: [shown] });
  const change = { token_access_policy: { refresh_token_ttl_in_minutes: 1440 } };
  assert.deepEqual(await call("PATCH", one, change), { status: 200, body: {} });
  assert.deepEqual(await lifetimes(), { ...own, refreshTokenSeconds: 86_400 });

  const twice = await call("POST", path, { app_id: "databricks-cli" });
  assert.deepEqual([twice.status, twice.body.error_code], [409, "RESOURCE_ALREADY_EXISTS"]);
  const unknown = await call("POST", path, { app_id: "power-bi" });
  assert.deepEqual([unknown.status, unknown.body.error_code], [400, "INVALID_PARAMETER_VALUE"]);
  assert.match(unknown.body.message, /^app_id: there is no published app 'power-bi': give databricks-cli,/);
  const long = await call("PATCH", one, { token_access_policy: { access_token_ttl_in_minutes: 1 } });
  assert.match(long.body.message, /^token_access_policy.access_token_ttl_in_minutes: give 5 to 1440/);

  assert.deepEqual(await call("DELETE", one), { status: 200, body: {} });
  assert.equal((await call("GET", one)).status, 404);
  assert.deepEqual(await lifetimes(), own);
});
