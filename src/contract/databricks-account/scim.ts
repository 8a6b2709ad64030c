import { ACCOUNT } from "../databricks/operation.ts";
import { GROUPS, type ScimLevel, SERVICE_PRINCIPALS, scimOperations, USERS } from "../databricks/scim.ts";
import { accountParams } from "../databricks/shapes.ts";

/** databricks-account-api.md B9 */
const LEVEL = {
  prefix: `${ACCOUNT}/scim/v2`,
  aliases: [],
  params: accountParams,
  read: "account-admin",
  write: "account-admin",
} as const satisfies ScimLevel<typeof accountParams.properties>;

export const users = scimOperations("users", USERS, LEVEL);
export const groups = scimOperations("groups", GROUPS, LEVEL);
export const servicePrincipals = scimOperations("service-principals", SERVICE_PRINCIPALS, LEVEL);
