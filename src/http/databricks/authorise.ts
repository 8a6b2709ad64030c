import type { Access } from "../../contract/databricks/operation.ts";
import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { permissionDenied } from "../../core/databricks-errors.ts";

/**
 * Throws `PERMISSION_DENIED` where the caller's role does not suffice for the operation, or where the account is
 * another one: whether that exists is not told.
 */
export function authorise(access: Access, caller: DatabricksCaller, account: string): void {
  if (caller.account !== account.toLowerCase() || caller.workspace !== null)
    throw permissionDenied(`${caller.name} is not a member of account ${account}.`);
  if (access === "account-admin" && !caller.isAccountAdmin)
    throw permissionDenied(`${caller.name} is not an administrator of account ${account}.`);
}
