import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { oauthError } from "../../core/access/oauth-errors.ts";
import { hashOfToken } from "../../core/access/personal-access-token.ts";
import type { AccountId } from "../../core/ids.ts";
import { nameKey } from "../../core/principal/principal.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import { callerOf } from "./authenticate.ts";
import type { DatabricksDependencies } from "./context.ts";
import { workspaceLevel } from "./find-workspace.ts";

/** The authorization server of an account, or of one of its workspaces. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly account: AccountId;
  readonly workspace: WorkspaceObject | null;
}

export interface ClientCredentials {
  /** A service principal's application id. */
  readonly clientId: string;
  readonly secret: string;
  /** As sent: names with spaces between them; null for the default. */
  readonly scope: string | null;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scope: string;
  /** Null for those who can prove again at any time who they are. */
  readonly refreshToken: string | null;
  /** Where another token was exchanged for it, its type (RFC 8693 2.2.1); null otherwise. */
  readonly issuedTokenType: string | null;
  readonly caller: DatabricksCaller;
}

/** databricks-account-api.md A5. */
const LIFETIME_SECONDS = 3600;
/** The one scope there is: an access token may what its principal may. */
const SCOPE = "all-apis";

/**
 * The client credentials grant (RFC 6749 4.4; databricks-account-api.md A5). One of the account opens the account and
 * every workspace that the principal is in; one of a workspace opens that alone.
 * Throws an OAuth error, the same whether the client or its secret is not known.
 */
export async function issueForClient(
  dependencies: DatabricksDependencies,
  authority: TokenIssuer,
  { clientId, secret, scope }: ClientCredentials,
): Promise<IssuedToken> {
  const { store, clock } = dependencies;
  const { account, workspace } = authority;
  const known = await store.servicePrincipalSecrets.withHash(hashOfToken(secret));
  const principal = known === null ? null : await store.principals.get(account, known.principal);
  if (
    known === null ||
    principal === null ||
    !principal.active ||
    known.expiresAtMs <= clock.now() ||
    nameKey(principal.name) !== nameKey(clientId)
  )
    throw oauthError("invalid_client", "Client authentication failed");
  const caller = await callerOf(dependencies, principal, workspace?.id ?? null, {
    kind: "oauth",
    id: known.id,
  });
  return issue(dependencies, authority, caller, { scope, expiresAtMs: known.expiresAtMs });
}

/**
 * An access token for somebody who has proven who they are, by the credential that the caller names. Throws an OAuth
 * error where it is for a workspace that they are not in, or for a scope that there is not.
 * @param wanted `expiresAtMs` is when the credential ends, null where it does not: the token ends with it; `clientId`
 *   is who asks, where it is not the caller itself
 */
export async function issue(
  dependencies: DatabricksDependencies,
  { issuer, account, workspace }: TokenIssuer,
  caller: DatabricksCaller,
  wanted: { readonly scope: string | null; readonly expiresAtMs: number | null; readonly clientId?: string },
): Promise<IssuedToken> {
  checkScope(wanted.scope);
  if (workspace !== null && (await workspaceLevel(dependencies, caller, workspace)) === null)
    throw oauthError("unauthorized_client", `${caller.name} is not a member of workspace ${workspace.id}.`);
  const left =
    wanted.expiresAtMs === null ? LIFETIME_SECONDS : (wanted.expiresAtMs - dependencies.clock.now()) / 1000;
  const expiresInSeconds = Math.max(1, Math.min(LIFETIME_SECONDS, Math.floor(left)));
  const accessToken = await dependencies.accessTokens.issue(
    {
      issuer,
      account,
      workspace: caller.workspace,
      principal: caller.principal,
      subject: caller.name,
      clientId: wanted.clientId ?? caller.name,
      scope: SCOPE,
      credential: caller.credential.id,
    },
    expiresInSeconds,
  );
  return {
    accessToken,
    expiresInSeconds,
    scope: SCOPE,
    refreshToken: null,
    issuedTokenType: null,
    caller,
  };
}

/** A token that may less than asked for would be a surprise, and one that may more a danger: both are refused. */
function checkScope(scope: string | null): void {
  const unknown = (scope ?? "").split(" ").filter((name) => name !== "" && name !== SCOPE);
  if (unknown.length > 0)
    throw oauthError("invalid_scope", `Scope ${unknown.join(" ")} is not given: ask for ${SCOPE}.`);
}
