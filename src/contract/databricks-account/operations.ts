import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { createCredentials, deleteCredentials, getCredentials, listCredentials } from "./credentials.ts";
import {
  createStorageConfiguration,
  deleteStorageConfiguration,
  getStorageConfiguration,
  listStorageConfigurations,
} from "./storage-configurations.ts";
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
  "workspaces.create": createWorkspace,
  "workspaces.list": listWorkspaces,
  "workspaces.get": getWorkspace,
  "workspaces.update": updateWorkspace,
  "workspaces.delete": deleteWorkspace,
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };
