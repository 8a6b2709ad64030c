import { ipAccessListOperations } from "../databricks/ip-access-lists.ts";
import { ruleSetOperations } from "../databricks/rule-sets.ts";
import { NOTHING } from "../databricks/shapes.ts";
import { typedSettingOperations } from "../databricks/typed-settings.ts";

const level = { params: NOTHING, access: "workspace-admin" } as const;

export const ipAccessLists = ipAccessListOperations({
  ...level,
  object: "ip-access-lists",
  path: "/api/2.0/ip-access-lists",
});

export const settings = typedSettingOperations({ ...level, prefix: "/api/2.0" });

/** The account's rule sets of what the workspace sees, for clients that know a workspace only. */
export const accessControlProxy = ruleSetOperations({
  ...level,
  object: "account-access-control-proxy",
  prefix: "/api/2.0/preview/accounts",
});
