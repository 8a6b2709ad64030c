import { ACCOUNT_STATE } from "../../core/account-object/account.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { doesNotExist } from "../../core/databricks-errors.ts";
import { accountId, accountObjectId } from "../../core/ids.ts";
import type { DatabricksDependencies } from "./context.ts";

/** The account of an id, the oldest where it is null. Throws `RESOURCE_DOES_NOT_EXIST` where there is none. */
export async function accountNamed(
  { store }: Pick<DatabricksDependencies, "store">,
  account: string | null,
): Promise<AccountObject<"account">> {
  const found =
    account === null
      ? (await store.accountObjects.inStates("account", [ACCOUNT_STATE]))[0]
      : await store.accountObjects.get(accountId(account), "account", accountObjectId(account));
  if (found === undefined || found === null)
    throw doesNotExist(account === null ? "There is no account yet." : `Account ${account} does not exist.`);
  return found;
}
