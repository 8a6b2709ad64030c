import type { hashPassword } from "../../core/access/password.ts";
import { ACCOUNT_STATE } from "../../core/account-object/account.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { type AccountId, accountId, accountObjectId, principalId } from "../../core/ids.ts";
import type { KeyRing } from "../../core/ports/key-ring.ts";
import { ACCOUNT_ADMIN, type Principal } from "../../core/principal/principal.ts";
import { type AdministratorSecrets, administratorCredentials } from "./administrator-credentials.ts";
import type { DatabricksDependencies } from "./context.ts";

export interface FirstAccountDependencies
  extends Omit<DatabricksDependencies, "accessTokens" | "entraIssuers" | "foreignTokens" | "passwords"> {
  readonly keyRing: KeyRing;
  /** That of `core/access/password.ts` by default. */
  readonly hashPassword?: typeof hashPassword;
}

export interface OpenFirstAccount {
  readonly account: AccountObject<"account">;
  /** Null once the first administrators were replaced: then only their new owners know. */
  readonly secrets: AdministratorSecrets | null;
}

const ADMINISTRATOR = "admin@firesteel.local";

/**
 * The oldest account, made with its first administrator where there is none: its id is that of every account the same,
 * a UUID. All is stored in one commit, so that a server that was killed in between finds all of it or nothing.
 */
export async function firstAccount(dependencies: FirstAccountDependencies): Promise<OpenFirstAccount> {
  const { store, keyRing } = dependencies;
  const [known] = await store.accountObjects.inStates("account", [ACCOUNT_STATE]);
  const account = known ?? (await makeAccount(dependencies));
  const { firstAdministrators } = account.body;
  return {
    account,
    secrets:
      firstAdministrators === null ? null : JSON.parse(keyRing.decrypt(firstAdministrators.encryptedSecrets)),
  };
}

/** The administrators as the first start makes them, not stored yet. */
export function newAdministrators(
  { ids }: Pick<FirstAccountDependencies, "ids">,
  account: AccountId,
  nowMs: number,
): { readonly user: Principal; readonly servicePrincipal: Principal } {
  const user: Principal = {
    id: principalId(ids.principal()),
    account,
    kind: "user",
    workspace: null,
    name: ADMINISTRATOR,
    displayName: "Administrator",
    externalId: null,
    active: true,
    roles: [ACCOUNT_ADMIN],
    person: {
      givenName: null,
      familyName: null,
      emails: [{ value: ADMINISTRATOR, type: "work", primary: true }],
    },
    createdAtMs: nowMs,
    version: 0,
  };
  const servicePrincipal: Principal = {
    ...user,
    id: principalId(ids.principal()),
    kind: "service-principal",
    name: ids.uuid(),
    displayName: "Administrator of programs",
    person: null,
  };
  return { user, servicePrincipal };
}

async function makeAccount(dependencies: FirstAccountDependencies): Promise<AccountObject<"account">> {
  const { store, clock, ids, keyRing } = dependencies;
  const nowMs = clock.now();
  const id = accountId(ids.uuid());
  const { user, servicePrincipal } = newAdministrators(dependencies, id, nowMs);
  const { secrets, changes } = await administratorCredentials(
    dependencies,
    user,
    servicePrincipal,
    "made on first start",
  );
  const row: AccountObject<"account"> = {
    id: accountObjectId(id),
    account: id,
    kind: "account",
    name: "default",
    state: ACCOUNT_STATE,
    body: {
      deploymentPrefix: null,
      // Seed 000's account: workspaces that name no tier are ENTERPRISE.
      pricingTier: "ENTERPRISE",
      firstAdministrators: {
        user: user.id,
        servicePrincipal: servicePrincipal.id,
        encryptedSecrets: keyRing.encrypt(JSON.stringify(secrets)),
      },
    },
    createdAtMs: nowMs,
    version: 0,
  };
  await store.commit([
    // Two servers that start on one new database make one first account between them.
    accountObjectChange(row),
    { kind: "principal", row: user },
    { kind: "principal", row: servicePrincipal },
    ...changes,
    { kind: "event", event: accountObjectChanged("created", row, null, nowMs) },
  ]);
  return { ...row, version: 1 };
}
