import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { me } from "./current-user.ts";
import { groups, servicePrincipals, users } from "./scim.ts";
import {
  createServicePrincipalSecretProxy,
  deleteServicePrincipalSecretProxy,
  listServicePrincipalSecretsProxy,
} from "./service-principal-secrets-proxy.ts";
import {
  createOboToken,
  deleteWorkspaceToken,
  getWorkspaceToken,
  listWorkspaceTokens,
  updateWorkspaceToken,
} from "./token-management.ts";
import { createToken, deleteToken, listTokens, updateToken } from "./tokens.ts";

/** The operations of a workspace's API, by name. */
export const DATABRICKS_WORKSPACE_OPERATIONS = {
  "current-user.me": me,
  "service-principal-secrets-proxy.create": createServicePrincipalSecretProxy,
  "service-principal-secrets-proxy.list": listServicePrincipalSecretsProxy,
  "service-principal-secrets-proxy.delete": deleteServicePrincipalSecretProxy,
  "tokens.create": createToken,
  "tokens.list": listTokens,
  "tokens.delete": deleteToken,
  "tokens.update": updateToken,
  "token-management.list": listWorkspaceTokens,
  "token-management.get": getWorkspaceToken,
  "token-management.delete": deleteWorkspaceToken,
  "token-management.update": updateWorkspaceToken,
  "token-management.create-obo-token": createOboToken,
  "users.list": users.list,
  "users.create": users.create,
  "users.get": users.get,
  "users.update": users.update,
  "users.patch": users.patch,
  "users.delete": users.delete,
  "groups.list": groups.list,
  "groups.create": groups.create,
  "groups.get": groups.get,
  "groups.update": groups.update,
  "groups.patch": groups.patch,
  "groups.delete": groups.delete,
  "service-principals.list": servicePrincipals.list,
  "service-principals.create": servicePrincipals.create,
  "service-principals.get": servicePrincipals.get,
  "service-principals.update": servicePrincipals.update,
  "service-principals.patch": servicePrincipals.patch,
  "service-principals.delete": servicePrincipals.delete,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };

export type DatabricksWorkspaceOperations = typeof DATABRICKS_WORKSPACE_OPERATIONS;
