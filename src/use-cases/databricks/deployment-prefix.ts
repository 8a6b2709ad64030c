import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { invalidParameter } from "../../core/databricks-errors.ts";
import { isDeploymentPrefix } from "../../core/workspace/deployment-name.ts";
import { retryStale } from "../retry-stale.ts";
import { accountNamed } from "./account-named.ts";
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
    const found = await accountNamed({ store }, account);
    const row = { ...found, body: { ...found.body, deploymentPrefix: prefix } };
    await store.commit([
      accountObjectChange(row),
      { kind: "event", event: accountObjectChanged("changed", row, null, clock.now()) },
    ]);
    return row;
  });
}
