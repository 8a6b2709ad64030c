import assert from "node:assert/strict";
import { test } from "node:test";
import { databricksHttp } from "../../../test/support/databricks-http.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";

test("the OpenAPI document has every Databricks operation, once, with what it is signed in with", async (t) => {
  const { app } = await databricksHttp(t);
  const { paths, components } = (await app.inject("/openapi.json")).json();
  const ids = Object.values(paths)
    .flatMap((item) => Object.values(Object(item)))
    .map((operation) => Object(operation).operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [dialect, operations] of [
    ["databricks-account", DATABRICKS_ACCOUNT_OPERATIONS],
    ["databricks-workspace", DATABRICKS_WORKSPACE_OPERATIONS],
  ] as const) {
    for (const { name, method, path, implemented } of Object.values(operations)) {
      const item = paths[path]?.[method.toLowerCase()];
      assert.equal(item?.operationId, `${dialect}.${name}`, path);
      assert.deepEqual(item.security, [{ "databricks.bearer": [] }, { "databricks.basic": [] }]);
      assert.equal("501" in item.responses, !implemented, path);
    }
  }
  assert.deepEqual(Object.keys(components.securitySchemes).slice(-2), [
    "databricks.bearer",
    "databricks.basic",
  ]);
});
