import { ErrorBody } from "../../contract/databricks/errors.ts";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";
import type { DocumentedDialect } from "../openapi.ts";
import { DATABRICKS_ACCOUNT_DIALECT } from "./account.ts";
import { DATABRICKS_WORKSPACE_DIALECT } from "./workspace.ts";

const SECURITY = [
  {
    name: "databricks.bearer",
    scheme: {
      type: "http",
      scheme: "bearer",
      description: "A personal access token or an OAuth access token",
    },
  },
  {
    name: "databricks.basic",
    scheme: { type: "http", scheme: "basic", description: "A user and its password" },
  },
];

/** The Databricks dialects, for the OpenAPI document. */
export const DOCUMENTED_DATABRICKS: readonly DocumentedDialect[] = [
  documented(DATABRICKS_ACCOUNT_DIALECT, Object.values(DATABRICKS_ACCOUNT_OPERATIONS)),
  documented(DATABRICKS_WORKSPACE_DIALECT, Object.values(DATABRICKS_WORKSPACE_OPERATIONS)),
];

/** Each of an operation's paths is one in OpenAPI, whose ids are unique in the document. */
function documented(name: string, operations: readonly AnyDatabricksOperation[]): DocumentedDialect {
  return {
    name,
    operations: operations.flatMap((operation) =>
      [operation.path, ...(operation.aliases ?? [])].map((path, index) => ({
        ...operation,
        path,
        name: `${name}.${operation.name}${index === 0 ? "" : `.${index + 1}`}`,
      })),
    ),
    security: SECURITY,
    errorBody: ErrorBody,
  };
}
