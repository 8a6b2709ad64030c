import { oauthError } from "../../core/access/oauth-errors.ts";
import { ALL_APIS } from "../../core/access/oauth-grant.ts";
import type { DomainError } from "../../core/errors.ts";
import { goodAccessToken } from "./access-token-credential.ts";
import { callerOf } from "./authenticate.ts";
import type { DatabricksDependencies } from "./context.ts";
import { type IssuedToken, issue, type TokenIssuer } from "./issue-access-token.ts";

export interface PresentedAssertion {
  readonly assertion: string;
  /** Who says to ask; null where the request does not say. */
  readonly clientId: string | null;
  readonly scope: string | null;
}

/**
 * The JWT bearer grant (RFC 7523 2.1; databricks-account-api.md A7), by which the SDKs turn their access token into
 * one for a serving endpoint: databricks-sdk-go httpclient/oauth_token.go, databricks-sdk-java EndpointTokenSource.java.
 * So the assertion is an access token of this server, that opens what the new one is for. The new one is of the same
 * principal, ends with the same credential, and no later than the assertion: going round and round wins no time.
 * Throws an OAuth error.
 */
export async function issueForAssertion(
  dependencies: DatabricksDependencies,
  authority: TokenIssuer,
  { assertion, clientId, scope }: PresentedAssertion,
): Promise<IssuedToken> {
  const { account, workspace } = authority;
  const token = await goodAccessToken(dependencies, assertion);
  // Those of another account are told no more: what there is in it is not theirs to know.
  if (token === null || token.claims.account !== account)
    throw refused("The assertion is not a valid access token of this account.");
  const { claims, principal } = token;
  // One of the account opens its workspaces already; one of a workspace opens nothing else.
  if (claims.workspace !== null && claims.workspace !== workspace?.id)
    throw refused(`The assertion is an access token of workspace ${claims.workspace}: ask there.`);
  if (clientId !== null && clientId !== claims.clientId)
    throw refused(`The assertion was given to client ${claims.clientId}, not to ${clientId}.`);
  // Whatever scopes there will be: nothing is given that the assertion was not.
  if (!claims.scope.split(" ").includes(ALL_APIS))
    throw oauthError("invalid_scope", `The assertion was not given the scope ${ALL_APIS}.`);
  const credential = { kind: "oauth", id: claims.credential } as const;
  const caller = await callerOf(dependencies, principal, workspace?.id ?? null, credential);
  return issue(dependencies, authority, caller, {
    scope,
    expiresAtMs: claims.expiresAtMs,
    clientId: claims.clientId,
  });
}

/** RFC 7523 3.1. */
function refused(why: string): DomainError {
  return oauthError("invalid_grant", why);
}
