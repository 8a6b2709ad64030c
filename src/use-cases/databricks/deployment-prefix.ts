import { ACCOUNT_STATE } from "../../core/account-object/account.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { doesNotExist, invalidParameter } from "../../core/databricks-errors.ts";
import { accountId, accountObjectId } from "../../core/ids.ts";
import { isDeploymentPrefix } from "../../core/workspace/deployment-name.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksDependencies } from "./context.ts";

/**
 * Sets what is put in front of the deployment names of later workspaces; null puts nothing there. The vendor has no
 * operation for it: its account team does it (seed 000 L323). Throws `INVALID_PARAMETER_VALUE`, and
 * `RESOURCE_DOES_NOT_EXIST` where there is no such account.
 * @param account null for the oldest
 */
export async function setDeploymentPrefix(
  { store, clock }: Pick<DatabricksDependencies, "store" | "clock">,
  account: string | null,
  prefix: string | null,
): Promise<AccountObject<"account">> {
  if (prefix !== null && !isDeploymentPrefix(prefix))
    throw invalidParameter(`deployment_prefix '${prefix}' is not one.`);
  return retryStale(async () => {
    const found =
      account === null
        ? (await store.accountObjects.inStates("account", [ACCOUNT_STATE]))[0]
        : await store.accountObjects.get(accountId(account), "account", accountObjectId(account));
    if (found === undefined || found === null)
      throw doesNotExist(
        account === null ? "There is no account yet." : `Account ${account} does not exist.`,
      );
    const row = { ...found, body: { ...found.body, deploymentPrefix: prefix } };
    await store.commit([
      accountObjectChange(row),
      { kind: "event", event: accountObjectChanged("changed", row, null, clock.now()) },
    ]);
    return row;
  });
}
