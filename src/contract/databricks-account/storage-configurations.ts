import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, Name, NOTHING } from "../databricks/shapes.ts";

/** A storage configuration (databricks-account-api.md B2): the root bucket of workspaces. */
export const StorageConfiguration = message({
  storage_configuration_id: Type.String(),
  account_id: Type.String(),
  storage_configuration_name: Type.String(),
  root_bucket_info: message({ bucket_name: Type.String() }),
  role_arn: Type.Optional(Type.String()),
  creation_time: Milliseconds,
});

const one = message({ ...accountParams.properties, storage_configuration_id: Type.String() });
const facts = { object: "storage", access: "account-admin", query: NOTHING } as const;

export const createStorageConfiguration = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/storage-configurations`,
  summary: "Registers a root bucket",
  params: accountParams,
  body: message({
    storage_configuration_name: Name,
    root_bucket_info: message({ bucket_name: Type.String() }),
    role_arn: Type.Optional(Type.String()),
  }),
  response: StorageConfiguration,
});

export const listStorageConfigurations = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/storage-configurations`,
  summary: "Lists the storage configurations of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(StorageConfiguration),
});

export const getStorageConfiguration = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/storage-configurations/{storage_configuration_id}`,
  summary: "Shows a storage configuration",
  params: one,
  body: NOTHING,
  response: StorageConfiguration,
});

export const deleteStorageConfiguration = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/storage-configurations/{storage_configuration_id}`,
  summary: "Removes a storage configuration that no workspace uses",
  params: one,
  body: NOTHING,
  response: StorageConfiguration,
});
