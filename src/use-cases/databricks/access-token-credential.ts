import type { AccessTokenClaims, ReadAccessToken } from "../../core/ports/access-tokens.ts";
import type { Principal } from "../../core/principal/principal.ts";
import type { DatabricksDependencies } from "./context.ts";

export interface GoodAccessToken {
  readonly claims: ReadAccessToken;
  readonly principal: Principal;
  /** Until when it is good at most. */
  readonly untilMs: number;
}

/**
 * What an access token of this server says, and whose it is; null where it is none or is good no more: it lives no
 * longer than its principal and the credential that it was given for.
 */
export async function goodAccessToken(
  dependencies: Pick<DatabricksDependencies, "store" | "clock" | "accessTokens">,
  text: string,
): Promise<GoodAccessToken | null> {
  const claims = await dependencies.accessTokens.read(text);
  if (claims === null) return null;
  const [principal, endMs] = await Promise.all([
    dependencies.store.principals.get(claims.account, claims.principal),
    credentialEndMs(dependencies, claims),
  ]);
  if (!principal?.active || endMs <= dependencies.clock.now()) return null;
  return { claims, principal, untilMs: Math.min(claims.expiresAtMs, endMs) };
}

/**
 * When that ends which an access token was given for, a client's secret, somebody's grant or personal access token, or what
 * a federation policy trusts: in milliseconds since 1970, 0 where it is there no more. Their ids have so many random bits
 * that no two kinds share one.
 */
async function credentialEndMs(
  { store }: Pick<DatabricksDependencies, "store">,
  { account, principal, credential }: AccessTokenClaims,
): Promise<number> {
  const owned =
    (await store.servicePrincipalSecrets.get(credential)) ??
    (await store.oauthGrants.get(credential)) ??
    (await store.personalAccessTokens.get(credential));
  if (owned !== null)
    return owned.principal === principal ? (owned.expiresAtMs ?? Number.POSITIVE_INFINITY) : 0;
  const policy = await store.federationPolicies.withTrust(credential);
  const isTrusted =
    policy !== null && policy.account === account && (policy.servicePrincipal ?? principal) === principal;
  return isTrusted ? Number.POSITIVE_INFINITY : 0;
}
