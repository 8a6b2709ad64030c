import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import type { OAuthClient } from "../../core/access/oauth-client.ts";
import { oauthError } from "../../core/access/oauth-errors.ts";
import {
  type AuthorizationCode,
  type OAuthGrant,
  OFFLINE_ACCESS,
  REFRESH_TOKEN_PREFIX,
} from "../../core/access/oauth-grant.ts";
import { hashOfToken, newSecret } from "../../core/access/personal-access-token.ts";
import type { PrincipalId } from "../../core/ids.ts";
import type { AccountChange } from "../../core/ports/account-store.ts";
import type { Principal } from "../../core/principal/principal.ts";
import { retryStale } from "../retry-stale.ts";
import { callerOf } from "./authenticate.ts";
import type { DatabricksDependencies } from "./context.ts";
import { workspaceLevel } from "./find-workspace.ts";
import type { IssuedToken, TokenIssuer } from "./issue-access-token.ts";
import { authenticatedClient, type ClientIdentity } from "./oauth-clients.ts";

// databricks-account-api.md A6: the Go SDK tells people to log in again by this very text.
const INVALID_REFRESH_TOKEN = "Refresh token is invalid";

/**
 * The refresh token grant (RFC 6749 6), with rotation (RFC 9700 4.14.2) unless the client's app is registered without:
 * each use gives the next one. One that was used before ends its whole family, since either its owner or somebody else has a copy and nobody can tell which of them
 * came first. Throws an OAuth error.
 * @param scope as sent; null for that of the grant
 */
export async function issueForRefreshToken(
  dependencies: DatabricksDependencies,
  issuer: TokenIssuer,
  identity: ClientIdentity,
  { token, scope }: { readonly token: string; readonly scope: string | null },
): Promise<IssuedToken> {
  const { store, clock } = dependencies;
  const client = await authenticatedClient(dependencies, issuer.account, identity);
  return retryStale(async () => {
    const invalid = oauthError("invalid_grant", INVALID_REFRESH_TOKEN);
    const presented = await store.refreshTokens.withHash(hashOfToken(token));
    const grant = presented === null ? null : await store.oauthGrants.get(presented.grant);
    if (presented === null || grant === null) throw invalid;
    if (presented.generation !== grant.version) {
      await store.commit([{ kind: "oauth-grant-deleted", id: grant.id }]);
      throw invalid;
    }
    if (
      grant.account !== issuer.account ||
      grant.workspace !== (issuer.workspace?.id ?? null) ||
      grant.clientId !== client.clientId ||
      grant.expiresAtMs <= clock.now()
    )
      throw invalid;
    const given = grant.scope.split(" ");
    const more = (scope ?? "").split(" ").filter((name) => name !== "" && !given.includes(name));
    if (more.length > 0)
      throw oauthError("invalid_scope", `Scope ${more.join(" ")} was not given to this refresh token.`);
    const { principal, caller } = await grantOwner(
      dependencies,
      issuer,
      grant.principal,
      INVALID_REFRESH_TOKEN,
    );
    if (!client.lifetimes.singleUseRefreshTokens)
      return issueOf(dependencies, issuer, client, { grant, principal, caller, refresh: token });
    const lasting = { ...grant, expiresAtMs: grantEndMs(grant, client, clock.now()) };
    const next = newRefreshToken(dependencies, lasting, grant.version + 1);
    await store.commit([{ kind: "oauth-grant", row: lasting }, ...(next === null ? [] : [next.change])]);
    return issueOf(dependencies, issuer, client, {
      grant: lasting,
      principal,
      caller,
      refresh: next?.token ?? null,
    });
  });
}

/**
 * Ends the family of a refresh token, or of an access token of the client's (RFC 7009 2.1). Does nothing for what is no
 * token, or is another client's: there is nothing that the client could do about it.
 */
export async function revokeOAuthToken(
  dependencies: DatabricksDependencies,
  issuer: TokenIssuer,
  identity: ClientIdentity,
  token: string,
): Promise<void> {
  const { store, accessTokens } = dependencies;
  const client = await authenticatedClient(dependencies, issuer.account, identity);
  const id = token.includes(".")
    ? (await accessTokens.read(token))?.credential
    : (await store.refreshTokens.withHash(hashOfToken(token)))?.grant;
  const grant = id === undefined ? null : await store.oauthGrants.get(id);
  if (grant === null || grant.account !== issuer.account || grant.clientId !== client.clientId) return;
  await store.commit([{ kind: "oauth-grant-deleted", id: grant.id }]);
}

/** Throws `invalid_grant` where the user is gone, or may not be in the workspace any more. */
export async function grantOwner(
  dependencies: DatabricksDependencies,
  { account, workspace }: TokenIssuer,
  id: PrincipalId,
  description: string,
): Promise<{ readonly principal: Principal; readonly caller: DatabricksCaller }> {
  const principal = await dependencies.store.principals.get(account, id);
  if (principal === null || !principal.active) throw oauthError("invalid_grant", description);
  const caller = await callerOf(dependencies, principal, workspace?.id ?? null, { kind: "oauth", id });
  if (workspace !== null && (await workspaceLevel(dependencies, caller, workspace)) === null)
    throw oauthError("invalid_grant", description);
  return { principal, caller };
}

export function newGrant(
  { clock, ids }: DatabricksDependencies,
  { account, workspace, principal, clientId, integration, scope }: AuthorizationCode,
  client: OAuthClient,
): OAuthGrant {
  const createdAtMs = clock.now();
  const made = {
    id: ids.uuid(),
    account,
    workspace,
    principal,
    clientId,
    integration,
    scope,
    createdAtMs,
    expiresAtMs: 0,
    version: 0,
  };
  return { ...made, expiresAtMs: grantEndMs(made, client, createdAtMs) };
}

/** When the last of the tokens that a grant has now ends. */
function grantEndMs(
  { scope, createdAtMs }: Pick<OAuthGrant, "scope" | "createdAtMs">,
  { lifetimes }: OAuthClient,
  nowMs: number,
): number {
  const { accessTokenSeconds, refreshTokenSeconds, sessionSeconds, singleUseRefreshTokens } = lifetimes;
  if (!isRefreshed(scope)) return nowMs + accessTokenSeconds * 1000;
  const endMs = nowMs + Math.max(refreshTokenSeconds, accessTokenSeconds) * 1000;
  const isBounded = singleUseRefreshTokens && sessionSeconds !== null;
  return isBounded ? Math.min(endMs, createdAtMs + sessionSeconds * 1000) : endMs;
}

function isRefreshed(scope: string): boolean {
  return scope.split(" ").includes(OFFLINE_ACCESS);
}

/** Null where the grant's scope has none. */
export function newRefreshToken(
  { randomBytes }: DatabricksDependencies,
  grant: OAuthGrant,
  generation: number,
): { readonly token: string; readonly change: AccountChange } | null {
  if (!isRefreshed(grant.scope)) return null;
  const token = newSecret(REFRESH_TOKEN_PREFIX, randomBytes);
  const row = { hash: hashOfToken(token), grant: grant.id, generation };
  return { token, change: { kind: "refresh-token", row } };
}

/** What the client gets for a grant that has been committed. */
export async function issueOf(
  { accessTokens, clock }: DatabricksDependencies,
  { issuer }: TokenIssuer,
  client: OAuthClient,
  {
    grant,
    principal,
    caller,
    refresh,
  }: {
    readonly grant: OAuthGrant;
    readonly principal: Principal;
    readonly caller: DatabricksCaller;
    readonly refresh: string | null;
  },
): Promise<IssuedToken> {
  const seconds = Math.min(
    client.lifetimes.accessTokenSeconds,
    Math.floor((grant.expiresAtMs - clock.now()) / 1000),
  );
  const accessToken = await accessTokens.issue(
    {
      issuer,
      account: grant.account,
      workspace: grant.workspace,
      principal: principal.id,
      subject: principal.name,
      clientId: client.clientId,
      scope: grant.scope,
      credential: grant.id,
    },
    seconds,
  );
  return {
    accessToken,
    expiresInSeconds: seconds,
    scope: grant.scope,
    refreshToken: refresh,
    issuedTokenType: null,
    caller: { ...caller, credential: { kind: "oauth", id: grant.id } },
  };
}
