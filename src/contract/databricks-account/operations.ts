import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { accessControl, ipAccessLists, settings } from "./access.ts";
import { downloadUsage } from "./billable-usage.ts";
import { createCredentials, deleteCredentials, getCredentials, listCredentials } from "./credentials.ts";
import {
  createCustomAppIntegration,
  deleteCustomAppIntegration,
  getCustomAppIntegration,
  listCustomAppIntegrations,
  updateCustomAppIntegration,
} from "./custom-app-integrations.ts";
import {
  createCustomerManagedKey,
  deleteCustomerManagedKey,
  getCustomerManagedKey,
  listCustomerManagedKeys,
} from "./encryption-keys.ts";
import {
  createFederationPolicy,
  createServicePrincipalFederationPolicy,
  deleteFederationPolicy,
  deleteServicePrincipalFederationPolicy,
  getFederationPolicy,
  getServicePrincipalFederationPolicy,
  listFederationPolicies,
  listServicePrincipalFederationPolicies,
  updateFederationPolicy,
  updateServicePrincipalFederationPolicy,
} from "./federation-policies.ts";
import {
  createLogDelivery,
  getLogDelivery,
  listLogDeliveries,
  patchLogDeliveryStatus,
} from "./log-delivery.ts";

import { createNetwork, deleteNetwork, getNetwork, listNetworks } from "./networks.ts";
import { NOT_IMPLEMENTED_ACCOUNT_OPERATIONS } from "./not-implemented.ts";
import {
  createPrivateAccessSettings,
  deletePrivateAccessSettings,
  getPrivateAccessSettings,
  listPrivateAccessSettings,
  replacePrivateAccessSettings,
} from "./private-access-settings.ts";
import { scim } from "./scim.ts";
import {
  createServicePrincipalSecret,
  deleteServicePrincipalSecret,
  listServicePrincipalSecrets,
} from "./service-principal-secrets.ts";
import {
  createStorageConfiguration,
  deleteStorageConfiguration,
  getStorageConfiguration,
  listStorageConfigurations,
} from "./storage-configurations.ts";
import { createVpcEndpoint, deleteVpcEndpoint, getVpcEndpoint, listVpcEndpoints } from "./vpc-endpoints.ts";
import {
  deleteWorkspaceAssignment,
  getWorkspaceAssignmentPermissions,
  listWorkspaceAssignments,
  updateWorkspaceAssignment,
} from "./workspace-assignment.ts";
import {
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  listWorkspaces,
  updateWorkspace,
} from "./workspaces.ts";

/** The operations of the account API, by name. */
export const DATABRICKS_ACCOUNT_OPERATIONS = {
  "credentials.create": createCredentials,
  "credentials.list": listCredentials,
  "credentials.get": getCredentials,
  "credentials.delete": deleteCredentials,
  "storage.create": createStorageConfiguration,
  "storage.list": listStorageConfigurations,
  "storage.get": getStorageConfiguration,
  "storage.delete": deleteStorageConfiguration,
  "encryption-keys.create": createCustomerManagedKey,
  "encryption-keys.list": listCustomerManagedKeys,
  "encryption-keys.get": getCustomerManagedKey,
  "encryption-keys.delete": deleteCustomerManagedKey,
  "vpc-endpoints.create": createVpcEndpoint,
  "vpc-endpoints.list": listVpcEndpoints,
  "vpc-endpoints.get": getVpcEndpoint,
  "vpc-endpoints.delete": deleteVpcEndpoint,
  "private-access.create": createPrivateAccessSettings,
  "private-access.list": listPrivateAccessSettings,
  "private-access.get": getPrivateAccessSettings,
  "private-access.replace": replacePrivateAccessSettings,
  "private-access.delete": deletePrivateAccessSettings,
  "networks.create": createNetwork,
  "networks.list": listNetworks,
  "networks.get": getNetwork,
  "networks.delete": deleteNetwork,
  "workspaces.create": createWorkspace,
  "workspaces.list": listWorkspaces,
  "workspaces.get": getWorkspace,
  "workspaces.update": updateWorkspace,
  "workspaces.delete": deleteWorkspace,
  "service-principal-secrets.create": createServicePrincipalSecret,
  "service-principal-secrets.list": listServicePrincipalSecrets,
  "service-principal-secrets.delete": deleteServicePrincipalSecret,
  "log-delivery.create": createLogDelivery,
  "log-delivery.list": listLogDeliveries,
  "log-delivery.get": getLogDelivery,
  "log-delivery.patch-status": patchLogDeliveryStatus,
  "billable-usage.download": downloadUsage,
  "custom-app-integration.create": createCustomAppIntegration,
  "custom-app-integration.list": listCustomAppIntegrations,
  "custom-app-integration.get": getCustomAppIntegration,
  "custom-app-integration.update": updateCustomAppIntegration,
  "custom-app-integration.delete": deleteCustomAppIntegration,
  "federation-policy.create": createFederationPolicy,
  "federation-policy.list": listFederationPolicies,
  "federation-policy.get": getFederationPolicy,
  "federation-policy.update": updateFederationPolicy,
  "federation-policy.delete": deleteFederationPolicy,
  "service-principal-federation-policy.create": createServicePrincipalFederationPolicy,
  "service-principal-federation-policy.list": listServicePrincipalFederationPolicies,
  "service-principal-federation-policy.get": getServicePrincipalFederationPolicy,
  "service-principal-federation-policy.update": updateServicePrincipalFederationPolicy,
  "service-principal-federation-policy.delete": deleteServicePrincipalFederationPolicy,
  ...NOT_IMPLEMENTED_ACCOUNT_OPERATIONS,
  ...scim,
  "workspace-assignment.list": listWorkspaceAssignments,
  "workspace-assignment.get": getWorkspaceAssignmentPermissions,
  "workspace-assignment.update": updateWorkspaceAssignment,
  "workspace-assignment.delete": deleteWorkspaceAssignment,
  "ip-access-lists.create": ipAccessLists.create,
  "ip-access-lists.list": ipAccessLists.list,
  "ip-access-lists.get": ipAccessLists.get,
  "ip-access-lists.replace": ipAccessLists.replace,
  "ip-access-lists.update": ipAccessLists.update,
  "ip-access-lists.delete": ipAccessLists.delete,
  "settings.get": settings.get,
  "settings.update": settings.update,
  "settings.delete": settings.delete,
  "access-control.get-assignable-roles-for-resource": accessControl.roles,
  "access-control.get-rule-set": accessControl.get,
  "access-control.update-rule-set": accessControl.update,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };
