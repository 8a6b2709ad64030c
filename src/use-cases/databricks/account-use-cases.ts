import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import type { AccountObject, AccountObjectKind } from "../../core/account-object/account-object.ts";
import type { AccountId } from "../../core/ids.ts";
import { deleteAccountObject, getAccountObject } from "./account-objects.ts";
import { authenticate, type PresentedCredential } from "./authenticate.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";
import { createCredentials } from "./credentials.ts";
import { createStorageConfiguration } from "./storage-configurations.ts";

type Bound<UseCase> = UseCase extends (
  dependencies: DatabricksDependencies,
  ...rest: infer Rest
) => infer Answer
  ? (...rest: Rest) => Answer
  : never;

/** What the account API may ask; each method is one capability of its own file. */
export interface DatabricksAccountUseCases {
  authenticate(presented: PresentedCredential | null, account: AccountId | null): Promise<DatabricksCaller>;
  get<Kind extends AccountObjectKind>(
    account: AccountId,
    kind: Kind,
    id: string,
  ): Promise<AccountObject<Kind>>;
  /** Oldest first. */
  list<Kind extends AccountObjectKind>(
    account: AccountId,
    kind: Kind,
  ): Promise<readonly AccountObject<Kind>[]>;
  delete<Kind extends AccountObjectKind>(
    context: DatabricksContext,
    kind: Kind,
    id: string,
  ): Promise<AccountObject<Kind>>;
  createCredentials: Bound<typeof createCredentials>;
  createStorageConfiguration: Bound<typeof createStorageConfiguration>;
}

export function databricksAccountUseCases(dependencies: DatabricksDependencies): DatabricksAccountUseCases {
  return {
    authenticate: (presented, account) => authenticate(dependencies, presented, account),
    get: (account, kind, id) => getAccountObject(dependencies, account, kind, id),
    list: (account, kind) => dependencies.store.accountObjects.list(account, kind),
    delete: (context, kind, id) => deleteAccountObject(dependencies, context, kind, id),
    createCredentials: (context, input) => createCredentials(dependencies, context, input),
    createStorageConfiguration: (context, input) => createStorageConfiguration(dependencies, context, input),
  };
}
