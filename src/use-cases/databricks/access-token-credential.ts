import type { AccessTokenClaims } from "../../core/ports/access-tokens.ts";
import type { DatabricksDependencies } from "./context.ts";

/**
 * Whether what an access token was given for is still there: a client's secret, somebody's grant or personal access
 * token, or what a federation policy trusts. Their ids have so many random bits that no two kinds share one.
 */
export async function hasCredential(
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
