import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { me } from "./current-user.ts";

/** The operations of a workspace's API, by name. */
export const DATABRICKS_WORKSPACE_OPERATIONS = {
  "current-user.me": me,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };

export type DatabricksWorkspaceOperations = typeof DATABRICKS_WORKSPACE_OPERATIONS;
