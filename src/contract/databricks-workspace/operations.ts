import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { accessControlProxy, ipAccessLists, settings } from "./access.ts";
import { listNodeTypes, listSparkVersions, listZones } from "./clusters.ts";
import { me } from "./current-user.ts";
import {
  createPermissionAssignments,
  deletePermissionAssignment,
  listPermissionAssignments,
  updatePermissionAssignment,
} from "./permission-assignments.ts";
import { getPermissionLevels, getPermissions, setPermissions, updatePermissions } from "./permissions.ts";
import { scim } from "./scim.ts";
import {
  createServicePrincipalSecretProxy,
  deleteServicePrincipalSecretProxy,
  listServicePrincipalSecretsProxy,
} from "./service-principal-secrets-proxy.ts";

import { uploadTelemetry } from "./telemetry.ts";
import {
  createOboToken,
  deleteWorkspaceToken,
  getWorkspaceToken,
  listWorkspaceTokens,
  updateWorkspaceToken,
} from "./token-management.ts";
import { createToken, deleteToken, introspectToken, listTokens, updateToken } from "./tokens.ts";

import { getWorkspaceConf, setWorkspaceConf } from "./workspace-conf.ts";

/** The operations of a workspace's API, by name. */
export const DATABRICKS_WORKSPACE_OPERATIONS = {
  "current-user.me": me,
  "clusters.spark-versions": listSparkVersions,
  "clusters.list-node-types": listNodeTypes,
  "clusters.list-zones": listZones,
  "service-principal-secrets-proxy.create": createServicePrincipalSecretProxy,
  "service-principal-secrets-proxy.list": listServicePrincipalSecretsProxy,
  "service-principal-secrets-proxy.delete": deleteServicePrincipalSecretProxy,
  "tokens.create": createToken,
  "tokens.list": listTokens,
  "tokens.delete": deleteToken,
  "tokens.update": updateToken,
  "tokens.introspect": introspectToken,
  "token-management.list": listWorkspaceTokens,
  "token-management.get": getWorkspaceToken,
  "token-management.delete": deleteWorkspaceToken,
  "token-management.update": updateWorkspaceToken,
  "token-management.create-obo-token": createOboToken,
  ...scim,
  "permission-assignments.list": listPermissionAssignments,
  "permission-assignments.create": createPermissionAssignments,
  "permission-assignments.update": updatePermissionAssignment,
  "permission-assignments.delete": deletePermissionAssignment,
  "permissions.get": getPermissions,
  "permissions.set": setPermissions,
  "permissions.update": updatePermissions,
  "permissions.get-permission-levels": getPermissionLevels,
  "telemetry.upload": uploadTelemetry,
  "workspace-conf.get-status": getWorkspaceConf,
  "workspace-conf.set-status": setWorkspaceConf,
  "ip-access-lists.create": ipAccessLists.create,
  "ip-access-lists.list": ipAccessLists.list,
  "ip-access-lists.get": ipAccessLists.get,
  "ip-access-lists.replace": ipAccessLists.replace,
  "ip-access-lists.update": ipAccessLists.update,
  "ip-access-lists.delete": ipAccessLists.delete,
  "settings.get": settings.get,
  "settings.update": settings.update,
  "settings.delete": settings.delete,
  "account-access-control-proxy.get-assignable-roles-for-resource": accessControlProxy.roles,
  "account-access-control-proxy.get-rule-set": accessControlProxy.get,
  "account-access-control-proxy.update-rule-set": accessControlProxy.update,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };

export type DatabricksWorkspaceOperations = typeof DATABRICKS_WORKSPACE_OPERATIONS;
