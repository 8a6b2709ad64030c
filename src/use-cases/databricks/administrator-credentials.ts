import { hashPassword } from "../../core/access/password.ts";
import { hashOfToken, newSecret, TOKEN_PREFIX } from "../../core/access/personal-access-token.ts";
import { SECRET_PREFIX } from "../../core/access/service-principal-secret.ts";
import type { AccountChange } from "../../core/ports/account-store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";
import type { Principal } from "../../core/principal/principal.ts";

/** What `admin.env` says of the first account. */
export interface AdministratorSecrets {
  readonly userName: string;
  readonly password: string;
  readonly token: string;
  /** Of the service principal beside the user, for OAuth: its application id and its secret. */
  readonly clientId: string;
  readonly clientSecret: string;
}

const SALT_BYTES = 16;
const PASSWORD_BYTES = 18;
/** A hundred years: what `admin.env` says stays true until somebody replaces it. */
const NEVER_MS = 36_525 * 86_400_000;

export interface CredentialDependencies {
  readonly clock: Clock;
  readonly ids: Pick<Ids, "uuid">;
  /** Unpredictable bytes, injected. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** That of `core/access/password.ts` by default. */
  readonly hashPassword?: typeof hashPassword;
}

/** A password and a token for a user, a secret for a service principal, and what stores their hashes. */
export async function administratorCredentials(
  { clock, ids, randomBytes, hashPassword: hashed = hashPassword }: CredentialDependencies,
  user: Pick<Principal, "id" | "account" | "name">,
  servicePrincipal: Pick<Principal, "id" | "account" | "name">,
  comment: string,
): Promise<{ readonly secrets: AdministratorSecrets; readonly changes: readonly AccountChange[] }> {
  const secrets: AdministratorSecrets = {
    userName: user.name,
    password: Buffer.from(randomBytes(PASSWORD_BYTES)).toString("base64url"),
    token: newSecret(TOKEN_PREFIX, randomBytes),
    clientId: servicePrincipal.name,
    clientSecret: newSecret(SECRET_PREFIX, randomBytes),
  };
  const nowMs = clock.now();
  const hash = await hashed(secrets.password, randomBytes(SALT_BYTES));
  return {
    secrets,
    changes: [
      { kind: "password", row: { principal: user.id, hash } },
      {
        kind: "personal-access-token",
        row: {
          id: ids.uuid(),
          account: user.account,
          workspace: null,
          principal: user.id,
          createdBy: user.id,
          createdByName: user.name,
          hash: hashOfToken(secrets.token),
          comment,
          createdAtMs: nowMs,
          expiresAtMs: null,
          lastUsedDayMs: null,
        },
      },
      {
        kind: "service-principal-secret",
        row: {
          id: ids.uuid(),
          account: servicePrincipal.account,
          principal: servicePrincipal.id,
          hash: hashOfToken(secrets.clientSecret),
          createdAtMs: nowMs,
          expiresAtMs: nowMs + NEVER_MS,
        },
      },
    ],
  };
}
