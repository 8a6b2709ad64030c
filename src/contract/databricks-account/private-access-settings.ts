import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";

/** Private access settings (databricks-account-api.md B5). */
export const PrivateAccessSettings = message({
  private_access_settings_id: Type.String(),
  account_id: Type.String(),
  private_access_settings_name: Type.String(),
  region: Type.String(),
  public_access_enabled: Type.Boolean(),
  private_access_level: Type.String(),
  allowed_vpc_endpoint_ids: Type.Optional(Type.Array(Type.String())),
});

const one = message({ ...accountParams.properties, private_access_settings_id: Type.String() });
const facts = {
  object: "private-access",
  access: "account-admin",
  query: NOTHING,
  response: PrivateAccessSettings,
} as const;
const body = message({
  private_access_settings_name: Type.String(),
  region: Type.String(),
  public_access_enabled: Type.Optional(Type.Boolean()),
  private_access_level: Type.Optional(
    Type.Union([Type.Literal("ACCOUNT"), Type.Literal("ENDPOINT"), Type.Literal("ANY")]),
  ),
  allowed_vpc_endpoint_ids: Type.Optional(Type.Array(Type.String())),
});

export const createPrivateAccessSettings = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/private-access-settings`,
  summary: "Makes private access settings",
  params: accountParams,
  body,
});

export const listPrivateAccessSettings = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/private-access-settings`,
  summary: "Lists the private access settings of the account",
  params: accountParams,
  body: NOTHING,
  response: Type.Array(PrivateAccessSettings),
});

export const getPrivateAccessSettings = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/private-access-settings/{private_access_settings_id}`,
  summary: "Shows private access settings",
  params: one,
  body: NOTHING,
});

export const replacePrivateAccessSettings = databricksOperation({
  ...facts,
  verb: "replace",
  method: "PUT",
  path: `${ACCOUNT}/private-access-settings/{private_access_settings_id}`,
  summary: "Replaces private access settings as a whole",
  params: one,
  body,
});

export const deletePrivateAccessSettings = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/private-access-settings/{private_access_settings_id}`,
  summary: "Removes private access settings that no workspace uses",
  params: one,
  body: NOTHING,
});
