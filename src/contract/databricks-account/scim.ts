import { ACCOUNT } from "../databricks/operation.ts";
import { type ScimLevel, scimOperations } from "../databricks/scim.ts";
import { accountParams } from "../databricks/shapes.ts";

/** databricks-account-api.md B9 */
const LEVEL = {
  prefix: `${ACCOUNT}/scim/v2`,
  aliases: [],
  params: accountParams,
  read: "account-admin",
  write: "account-admin",
} as const satisfies ScimLevel<typeof accountParams.properties>;

export const scim = scimOperations(LEVEL);
