import { ipAccessListOperations } from "../databricks/ip-access-lists.ts";
import { ACCOUNT } from "../databricks/operation.ts";
import { ruleSetOperations } from "../databricks/rule-sets.ts";
import { accountParams } from "../databricks/shapes.ts";
import { typedSettingOperations } from "../databricks/typed-settings.ts";

const level = { params: accountParams, access: "account-admin" } as const;

export const ipAccessLists = ipAccessListOperations({
  ...level,
  object: "ip-access-lists",
  path: `${ACCOUNT}/ip-access-lists`,
});

export const settings = typedSettingOperations({ ...level, prefix: ACCOUNT });

/** Below `preview`, unlike the rest of the account's API. */
export const accessControl = ruleSetOperations({
  ...level,
  object: "access-control",
  prefix: "/api/2.0/preview/accounts/{account_id}",
});
