import { invalidParameter } from "../databricks-errors.ts";
import type { AccountId, PrincipalId } from "../ids.ts";
import { ALL_APIS } from "./oauth-grant.ts";

/** An OAuth secret of a service principal (databricks-account-api.md B11). The secret itself is shown once and not kept. */
export interface ServicePrincipalSecret {
  /** A UUID, by which it is listed and deleted. */
  readonly id: string;
  readonly account: AccountId;
  readonly principal: PrincipalId;
  /** Of the whole secret: it has 128 random bits, so nothing slower is needed. */
  readonly hash: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** What the service's own secrets begin with; 32 hexadecimal digits follow. */
export const SECRET_PREFIX = "dose";

/** A service principal has at most this many at once (databricks-account-api.md B11). */
export const SECRETS_LIMIT = 5;

/** What a secret lives for that names no lifetime, and at most: two years (databricks-account-api.md B11). */
export const SECRET_LIFETIME_SECONDS = 63_072_000;

/** A secret that may all must not be given to whoever asks for one that may less: throws where scopes are narrower. */
export function checkSecretScopes(scopes: readonly string[] = [ALL_APIS]): void {
  const narrower = scopes.find((scope) => scope !== ALL_APIS);
  if (narrower !== undefined || scopes.length === 0)
    throw invalidParameter(`scopes: a secret is for ${ALL_APIS}; ${narrower ?? "none"} is not possible.`);
}
