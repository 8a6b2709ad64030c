import { hashPassword } from "../../core/access/password.ts";
import {
  hashOfToken,
  newSecret,
  type PersonalAccessToken,
  TOKEN_PREFIX,
} from "../../core/access/personal-access-token.ts";
import { SECRET_PREFIX, type ServicePrincipalSecret } from "../../core/access/service-principal-secret.ts";
import { ACCOUNT_STATE } from "../../core/account-object/account.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange } from "../../core/account-object/ties.ts";
import { accountId, accountObjectId, principalId } from "../../core/ids.ts";
import type { KeyRing } from "../../core/ports/key-ring.ts";
import { ACCOUNT_ADMIN, type Principal } from "../../core/principal/principal.ts";
import type { DatabricksDependencies } from "./context.ts";

export interface FirstAccountDependencies
  extends Omit<DatabricksDependencies, "accessTokens" | "foreignTokens" | "passwords"> {
  readonly keyRing: KeyRing;
  /** That of `core/access/password.ts` by default. */
  readonly hashPassword?: typeof hashPassword;
}

/** What `admin.env` says of the first account. */
export interface AdministratorSecrets {
  readonly userName: string;
  readonly password: string;
  readonly token: string;
  /** Of the service principal beside the user, for OAuth: its application id and its secret. */
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface OpenFirstAccount {
  readonly account: AccountObject<"account">;
  /** Null once the first administrators were replaced: then only their new owners know. */
  readonly secrets: AdministratorSecrets | null;
}

const ADMINISTRATOR = "admin@firesteel.local";
const SALT_BYTES = 16;
const PASSWORD_BYTES = 18;
/** A hundred years: what `admin.env` says stays true until somebody replaces it. */
const NEVER_MS = 36_525 * 86_400_000;

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

async function makeAccount(dependencies: FirstAccountDependencies): Promise<AccountObject<"account">> {
  const { store, clock, ids, keyRing, randomBytes, hashPassword: hashed = hashPassword } = dependencies;
  const nowMs = clock.now();
  const id = accountId(ids.uuid());
  const secrets: AdministratorSecrets = {
    userName: ADMINISTRATOR,
    password: Buffer.from(randomBytes(PASSWORD_BYTES)).toString("base64url"),
    token: newSecret(TOKEN_PREFIX, randomBytes),
    clientId: ids.uuid(),
    clientSecret: newSecret(SECRET_PREFIX, randomBytes),
  };
  const user: Principal = {
    id: principalId(ids.principal()),
    account: id,
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
    name: secrets.clientId,
    displayName: "Administrator of programs",
    person: null,
  };
  const secret: ServicePrincipalSecret = {
    id: ids.uuid(),
    account: id,
    principal: servicePrincipal.id,
    hash: hashOfToken(secrets.clientSecret),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + NEVER_MS,
  };
  const token: PersonalAccessToken = {
    id: ids.uuid(),
    account: id,
    workspace: null,
    principal: user.id,
    createdBy: user.id,
    createdByName: user.name,
    hash: hashOfToken(secrets.token),
    comment: "made on first start",
    createdAtMs: nowMs,
    expiresAtMs: null,
    lastUsedDayMs: null,
  };
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
  const hash = await hashed(secrets.password, randomBytes(SALT_BYTES));
  await store.commit([
    // Two servers that start on one new database make one first account between them.
    accountObjectChange(row),
    { kind: "principal", row: user },
    { kind: "principal", row: servicePrincipal },
    { kind: "service-principal-secret", row: secret },
    { kind: "password", row: { principal: user.id, hash } },
    { kind: "personal-access-token", row: token },
    { kind: "event", event: accountObjectChanged("created", row, null, nowMs) },
  ]);
  return { ...row, version: 1 };
}
