import assert from "node:assert/strict";
import { test } from "node:test";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../databricks-workspace/operations.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "./operations.ts";

test("nothing is known and not performed but what databricks-account-api.md B13 names beside what is built", () => {
  const unperformed = Object.values(DATABRICKS_ACCOUNT_OPERATIONS).filter(({ implemented }) => !implemented);
  assert.deepEqual([...new Set(unperformed.map(({ object }) => object))].sort(), [
    "budget-policy",
    "budgets",
    "metastore-assignments",
    "metastores",
    "network-policies",
    "usage-dashboards",
    "workspace-network-configuration",
  ]);
  assert.deepEqual(
    Object.values(DATABRICKS_WORKSPACE_OPERATIONS).filter(({ implemented }) => !implemented),
    [],
  );
});
