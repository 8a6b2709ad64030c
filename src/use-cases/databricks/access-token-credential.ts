import type { AccessTokenClaims } from "../../core/ports/access-tokens.ts";
import type { DatabricksDependencies } from "./context.ts";

/** Whether the credential that an access token was given for is still there: a client's secret, or somebody's grant. */
export async function hasCredential(
  { store, clock }: Pick<DatabricksDependencies, "store" | "clock">,
  { credential, principal }: AccessTokenClaims,
): Promise<boolean> {
  const found =
    (await store.servicePrincipalSecrets.get(credential)) ?? (await store.oauthGrants.get(credential));
  return found !== null && found.principal === principal && found.expiresAtMs > clock.now();
}
