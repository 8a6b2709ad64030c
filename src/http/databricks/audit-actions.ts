import type { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import type { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";

type Name = keyof typeof DATABRICKS_ACCOUNT_OPERATIONS | keyof typeof DATABRICKS_WORKSPACE_OPERATIONS;

interface Action {
  readonly service: string;
  readonly action: string;
}

const accounts = (action: string): Action => ({ service: "accounts", action });

/**
 * What the vendor's audit logs call an operation, as far as that is known: what people search them for, such as
 * Panther's and the vendor's own queries (https://docs.databricks.com/aws/en/admin/account-settings/audit-logs). All
 * others have the name of the SDKs.
 */
const ACTIONS: { readonly [Operation in Name]?: Action } = {
  "users.create": accounts("add"),
  "users.update": accounts("updateUser"),
  "users.patch": accounts("updateUser"),
  "users.delete": accounts("delete"),
  "groups.create": accounts("createGroup"),
  "groups.delete": accounts("removeGroup"),
  "tokens.create": accounts("generateDbToken"),
  "token-management.create-obo-token": accounts("generateDbToken"),
  "tokens.delete": accounts("revokeDbToken"),
  "token-management.delete": accounts("revokeDbToken"),
  "ip-access-lists.create": accounts("createIpAccessList"),
  "ip-access-lists.replace": accounts("updateIpAccessList"),
  "ip-access-lists.update": accounts("updateIpAccessList"),
  "ip-access-lists.delete": accounts("deleteIpAccessList"),
  "settings.update": accounts("setSetting"),
  "settings.delete": accounts("deleteSetting"),
  "workspace-conf.set-status": { service: "workspace", action: "workspaceConfEdit" },
};

const BY_NAME: ReadonlyMap<string, Action> = new Map(Object.entries(ACTIONS));

/** Null for an operation whose name there is not known. */
export function auditActionOf(operation: string): Action | null {
  return BY_NAME.get(operation) ?? null;
}

/** The parameters as the vendor names them, where it does otherwise than the request. */
export function auditParamsOf(operation: string, input: object): object {
  if (operation !== "workspace-conf.set-status" || !("values" in input)) return input;
  const values = Object.entries(Object(input.values));
  return {
    workspaceConfKeys: values.map(([key]) => key).join(","),
    workspaceConfValues: values.map(([, value]) => String(value)).join(","),
  };
}
