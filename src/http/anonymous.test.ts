import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteOptions } from "fastify";
import { databricksHttp } from "../../test/support/databricks-http.ts";

/** All that answers somebody without a credential. Whoever adds a route that does adds it here, and says what it is. */
const ANONYMOUS: Readonly<Record<string, readonly string[]>> = {
  health: ["GET /healthz", "GET /readyz", "GET /metrics"],
  "the API's description": ["GET /openapi.json"],
  discovery: [
    "GET /.well-known/databricks-config",
    "GET /oidc/.well-known/oauth-authorization-server",
    "GET /oidc/.well-known/openid-configuration",
    "GET /oidc/accounts/:account_id/.well-known/oauth-authorization-server",
    "GET /oidc/accounts/:account_id/.well-known/openid-configuration",
    // Where Azure's clients find out the tenant of Entra ID.
    "GET /aad/auth",
    "GET /oidc/oauth2/v2.0/authorize",
  ],
  "key sets": ["GET /oidc/jwks.json"],
  // Without a form they say what is missing, and at an address of no workspace that there is none.
  "OAuth, whose requests hold the credential themselves": [
    "GET /oidc/accounts/:account_id/v1/authorize",
    "GET /oidc/v1/authorize",
    "POST /oidc/accounts/:account_id/v1/authorize",
    "POST /oidc/accounts/:account_id/v1/token",
    "POST /oidc/v1/authorize",
    "POST /oidc/v1/revoke",
    "POST /oidc/v1/token",
  ],
  "log-in pages": ["GET /", "GET /login.html"],
};

test("only the routes of the list answer those without a credential, and no other does", async (t) => {
  const http = await databricksHttp(t);
  const routes: RouteOptions[] = [];
  http.app.addHook("onRoute", (route) => {
    routes.push(route);
  });
  await http.app.ready();
  const found: string[] = [];
  for (const { method, url } of routes) {
    for (const each of [method].flat()) {
      // Every method that Node lets through is refused alike there.
      if (url.endsWith("*") && each !== "GET") continue;
      const path = url.replace(":account_id", http.account).replace(/:\w+/g, "0").replace("*", "x");
      const answer = await http.app.inject({ method: each as "GET", url: path }); // one of the route's own
      if (answer.statusCode !== 401 && answer.statusCode !== 403) found.push(`${each} ${url}`);
    }
  }
  assert.ok(routes.length > 150, `${routes.length} routes`);
  assert.deepEqual(found.sort(), Object.values(ANONYMOUS).flat().toSorted());
});
