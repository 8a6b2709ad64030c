import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { databricksHttp } from "../../../../test/support/databricks-http.ts";
import { PAGES_DIALECT } from "../pages/plugin.ts";
import { OAUTH_DIALECT } from "./plugin.ts";

const PAGE = new URL("../../../../docs/parity/databricks-account.md", import.meta.url);

test("the parity page has every route of the authorization servers and of the pages, and no other", async (t) => {
  const { app } = await databricksHttp(t);
  const served: string[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.dialect !== OAUTH_DIALECT && config?.dialect !== PAGES_DIALECT) return;
    // Fastify adds one for each GET.
    for (const each of [method].flat().filter((name) => name !== "HEAD"))
      served.push(`${each} ${url.replace(/:(\w+)/g, "{$1}")}`);
  });
  await app.ready();
  const page = await readFile(PAGE, "utf8");
  const [, section = ""] = /^## OAuth and pages\n(.*?)^## /ms.exec(page) ?? [];
  const listed = [...section.matchAll(/`((?:GET|POST) \/[^`]*)`/g)].map(([, route]) => route);
  assert.ok(served.length > 15, `${served.length} routes`);
  assert.deepEqual(listed.toSorted(), served.toSorted());
});
