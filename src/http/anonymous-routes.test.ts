import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { databricksHttp } from "../../test/support/databricks-http.ts";
import { noState, recordingUseCases, SignedHttp } from "../../test/support/signed-http.ts";

/** All that answers somebody who has proven nothing. Whatever is not in here must refuse. */
const ANONYMOUS: readonly RegExp[] = [
  /^GET \/healthz$/,
  /^GET \/readyz$/,
  // To requests from this machine.
  /^GET \/metrics$/,
  /^GET \/openapi\.json$/,
  // Discovery, JWKS, the endpoints of OAuth, which have credentials of their own, and the pages to log in at.
  /^(GET|POST) \/oidc\/\S+$/,
  /^GET \/\.well-known\/\S+$/,
  // Where Azure's clients find out the tenant of Entra ID.
  /^GET \/aad\/auth$/,
  /^(GET|POST) \/log(in|out)(\.html)?$/,
  /^GET \/$/,
];

interface Route {
  readonly method: string;
  readonly url: string;
}

/** To be called before anything is sent. */
function routesOf(app: FastifyInstance): Route[] {
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  return routes;
}

async function refuseTheNameless(app: FastifyInstance, routes: readonly Route[]): Promise<void> {
  for (const { method, url } of routes) {
    if (ANONYMOUS.some((pattern) => pattern.test(`${method} ${url}`))) continue;
    const path = url.replace(/:\w+/g, "0").replace("*", "x");
    for (const payload of ["", "{"]) {
      const answer = await app.inject({
        method: method as "GET", // whatever the server itself has registered
        url: path,
        payload,
        headers: {
          "content-type": "application/json",
          "content-length": String(payload.length),
          // Amazon EMR's own API has one path: this says the operation.
          "x-amz-target": "ElasticMapReduce.DescribePersistentAppUI",
        },
      });
      const place = `${method} ${url}: ${answer.body}`;
      assert.ok(answer.statusCode === 401 || answer.statusCode === 403, `${answer.statusCode} ${place}`);
    }
  }
}

test("every route of the Databricks APIs that is not known to be anonymous refuses the nameless", async (t) => {
  const { app } = await databricksHttp(t);
  const routes = routesOf(app);
  await app.ready();
  assert.ok(routes.length > 50, `${routes.length} routes`);
  await refuseTheNameless(app, routes);
});

test("so does every route of the other APIs, and Spark's pages", async (t) => {
  const http = new SignedHttp({
    useCases: {
      emrContainers: recordingUseCases([]),
      state: noState,
      applicationUis: {
        createUi: async () => ({ id: "p-1" }),
        describeUi: async (_context, id) => ({ id, waitingFor: null }),
        openUi: async () => "token",
        redeem: () => null,
        session: () => null,
        endSession: () => undefined,
        placeOf: async () => ({ kind: "waiting", reason: "" }),
      },
    },
  });
  t.after(() => http.close());
  const routes = routesOf(http.app);
  await http.app.ready();
  assert.ok(routes.length > 30, `${routes.length} routes`);
  await refuseTheNameless(http.app, routes);
});
