import type { AccessTokenClaims, ReadAccessToken } from "../../core/ports/access-tokens.ts";
import type { Principal } from "../../core/principal/principal.ts";
import type { DatabricksDependencies } from "./context.ts";

/**
 * What an access token of this server says, and whose it is; null where it is none or is good no more: it lives no
 * longer than its principal and the credential that it was given for.
 */
export async function goodAccessToken(
  dependencies: Pick<DatabricksDependencies, "store" | "clock" | "accessTokens">,
  text: string,
): Promise<{ readonly claims: ReadAccessToken; readonly principal: Principal } | null> {
  const claims = await dependencies.accessTokens.read(text);
  if (claims === null) return null;
  const [principal, isGood] = await Promise.all([
    dependencies.store.principals.get(claims.account, claims.principal),
    hasCredential(dependencies, claims),
  ]);
  return principal?.active && isGood ? { claims, principal } : null;
}

/**
 * Whether what an access token was given for is still there: a client's secret, somebody's grant or personal access
 * token, or what a federation policy trusts. Their ids have so many random bits that no two kinds share one.
 */
async function hasCredential(
  { store, clock }: Pick<DatabricksDependencies, "store" | "clock">,
  { account, principal, credential }: AccessTokenClaims,
): Promise<boolean> {
  const owned =
    (await store.servicePrincipalSecrets.get(credential)) ??
    (await store.oauthGrants.get(credential)) ??
    (await store.personalAccessTokens.get(credential));
  if (owned !== null)
    return owned.principal === principal && (owned.expiresAtMs === null || owned.expiresAtMs > clock.now());
  const policy = await store.federationPolicies.withTrust(credential);
  return (
    policy !== null && policy.account === account && (policy.servicePrincipal ?? principal) === principal
  );
}
