import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { me } from "./current-user.ts";
import {
  createServicePrincipalSecretProxy,
  deleteServicePrincipalSecretProxy,
  listServicePrincipalSecretsProxy,
} from "./service-principal-secrets-proxy.ts";

/** The operations of a workspace's API, by name. */
export const DATABRICKS_WORKSPACE_OPERATIONS = {
  "current-user.me": me,
  "service-principal-secrets-proxy.create": createServicePrincipalSecretProxy,
  "service-principal-secrets-proxy.list": listServicePrincipalSecretsProxy,
  "service-principal-secrets-proxy.delete": deleteServicePrincipalSecretProxy,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };

export type DatabricksWorkspaceOperations = typeof DATABRICKS_WORKSPACE_OPERATIONS;
