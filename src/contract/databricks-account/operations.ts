import type { AnyDatabricksOperation } from "../databricks/operation.ts";
import { createCredentials, deleteCredentials, getCredentials, listCredentials } from "./credentials.ts";
import {
  createStorageConfiguration,
  deleteStorageConfiguration,
  getStorageConfiguration,
  listStorageConfigurations,
} from "./storage-configurations.ts";

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
} as const satisfies { readonly [Name in string]: AnyDatabricksOperation & { readonly name: Name } };

type Operations = typeof DATABRICKS_ACCOUNT_OPERATIONS;

/** The names of the operations that this server performs: each must have a handler. */
export type ImplementedAccountOperationName = {
  [Name in keyof Operations]: Operations[Name]["implemented"] extends true ? Name : never;
}[keyof Operations];
