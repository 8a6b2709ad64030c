import { hashPassword } from "../../core/access/password.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { doesNotExist } from "../../core/databricks-errors.ts";
import type { FederationPolicy } from "../../core/federation/federation-policy.ts";
import type { AccountChange } from "../../core/ports/account-store.ts";
import { ACCOUNT_ADMIN, type Principal } from "../../core/principal/principal.ts";
import { retryStale } from "../retry-stale.ts";
import { accountNamed } from "./account-named.ts";
import { type AdministratorSecrets, administratorCredentials } from "./administrator-credentials.ts";
import { type FirstAccountDependencies, newAdministrators } from "./first-account.ts";

export interface ResetAdministrator {
  readonly account: AccountObject<"account">;
  readonly user: Principal;
  readonly servicePrincipal: Principal;
  readonly secrets: AdministratorSecrets;
  /** What was theirs before and opens nothing any more. */
  readonly revoked: {
    readonly password: boolean;
    readonly personalAccessTokens: number;
    readonly servicePrincipalSecrets: number;
    /** Of the service principal. */
    readonly federationPolicies: number;
  };
  /** The account's: they let in whom a token of theirs names, so also those who are named here; others need them. */
  readonly accountFederationPolicies: readonly FederationPolicy[];
}

const SALT_BYTES = 16;

/**
 * Gives the first administrators, the user and the service principal of `admin.env`, new credentials and revokes all
 * that they had; makes them anew where they are gone, and account administrators where they are not. All in one commit.
 * @param account null for the oldest. Throws `RESOURCE_DOES_NOT_EXIST` where there is none
 */
export function resetAdministrator(
  dependencies: FirstAccountDependencies,
  account: string | null,
): Promise<ResetAdministrator> {
  const { store, clock, keyRing } = dependencies;
  return retryStale(async () => {
    const found = await accountNamed(dependencies, account);
    const nowMs = clock.now();
    const { user, servicePrincipal, isNew } = await administrators(dependencies, found, nowMs);
    const { secrets, changes } = await administratorCredentials(
      dependencies,
      user,
      servicePrincipal,
      "made by firesteel admin reset",
    );
    const [password, userTokens, programTokens, programSecrets, policies, ofAccount] = await Promise.all([
      store.passwords.of(user.id),
      store.personalAccessTokens.of(user.id),
      store.personalAccessTokens.of(servicePrincipal.id),
      store.servicePrincipalSecrets.of(servicePrincipal.id),
      store.federationPolicies.of(found.account, servicePrincipal.id),
      store.federationPolicies.of(found.account, null),
    ]);
    const tokens = [...userTokens, ...programTokens];
    const row = {
      ...found,
      body: {
        ...found.body,
        firstAdministrators: {
          user: user.id,
          servicePrincipal: servicePrincipal.id,
          encryptedSecrets: keyRing.encrypt(JSON.stringify(secrets)),
        },
      },
    };
    const revoking: readonly AccountChange[] = [
      ...[user.id, servicePrincipal.id].map(
        (principal): AccountChange => ({ kind: "sign-ins-ended", principal }),
      ),
      ...tokens.map(({ id }): AccountChange => ({ kind: "personal-access-token-deleted", id })),
      ...programSecrets.map(({ id }): AccountChange => ({ kind: "service-principal-secret-deleted", id })),
      ...policies.map(
        ({ uid, version }): AccountChange => ({ kind: "federation-policy-deleted", uid, version }),
      ),
    ];
    await store.commit([
      accountObjectChange(row),
      // A change of theirs moves the version on: what others make of them meanwhile is made anew.
      { kind: "principal", row: user },
      { kind: "principal", row: servicePrincipal },
      ...revoking,
      ...changes,
      { kind: "event", event: accountObjectChanged("changed", row, null, nowMs) },
    ]);
    return {
      account: row,
      user,
      servicePrincipal,
      secrets,
      revoked: {
        password: password !== null && !isNew,
        personalAccessTokens: tokens.length,
        servicePrincipalSecrets: programSecrets.length,
        federationPolicies: policies.length,
      },
      accountFederationPolicies: ofAccount,
    };
  });
}

/**
 * Sets a user's password; the one before is good no more, and whoever has signed in with it signs in again; tokens stay.
 * What `admin.env` says of the first administrator changes with
 * it. Throws `RESOURCE_DOES_NOT_EXIST` where there is no such user.
 * @param account null for the oldest
 */
export function setPassword(
  dependencies: FirstAccountDependencies,
  account: string | null,
  userName: string,
  password: string,
): Promise<{ readonly user: Principal; readonly isOfAdminEnv: boolean }> {
  const { store, keyRing, clock, randomBytes, hashPassword: hashed = hashPassword } = dependencies;
  return retryStale(async () => {
    const found = await accountNamed(dependencies, account);
    const user = await store.principals.named(found.account, "user", userName);
    if (user === null) throw doesNotExist(`User ${userName} does not exist.`);
    const first = found.body.firstAdministrators;
    const hash = await hashed(password, randomBytes(SALT_BYTES));
    const isOfAdminEnv = first?.user === user.id;
    const changes: AccountChange[] = [
      { kind: "password", row: { principal: user.id, hash } },
      { kind: "principal", row: user },
      { kind: "sign-ins-ended", principal: user.id },
    ];
    let row = found;
    if (isOfAdminEnv) {
      const secrets = { ...JSON.parse(keyRing.decrypt(first.encryptedSecrets)), password };
      const encryptedSecrets = keyRing.encrypt(JSON.stringify(secrets));
      row = { ...found, body: { ...found.body, firstAdministrators: { ...first, encryptedSecrets } } };
      changes.push(accountObjectChange(row));
    }
    await store.commit([
      ...changes,
      { kind: "event", event: accountObjectChanged("changed", row, null, clock.now()) },
    ]);
    return { user, isOfAdminEnv };
  });
}

/** Those of `admin.env`, as account administrators who may sign in. */
async function administrators(
  dependencies: FirstAccountDependencies,
  { account, body }: AccountObject<"account">,
  nowMs: number,
) {
  const { store } = dependencies;
  const made = newAdministrators(dependencies, account, nowMs);
  const first = body.firstAdministrators;
  const known = first && (await store.principals.get(account, first.user));
  // Somebody may have removed the user and made another of that name.
  const user = known ?? (await store.principals.named(account, "user", made.user.name));
  const servicePrincipal = first && (await store.principals.get(account, first.servicePrincipal));
  return {
    user: enabled(user ?? made.user),
    servicePrincipal: enabled(servicePrincipal ?? made.servicePrincipal),
    isNew: user === null,
  };
}

function enabled(principal: Principal): Principal {
  return { ...principal, active: true, roles: [...new Set([...principal.roles, ACCOUNT_ADMIN])] };
}
