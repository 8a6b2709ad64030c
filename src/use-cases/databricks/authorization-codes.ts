import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { mayBeAnsweredAt, type OAuthClient } from "../../core/access/oauth-client.ts";
import { oauthError } from "../../core/access/oauth-errors.ts";
import {
  ALL_APIS,
  type AuthorizationCode,
  answersChallenge,
  CODE_LIFETIME_MS,
  CODE_PREFIX,
  isChallenge,
  OFFLINE_ACCESS,
} from "../../core/access/oauth-grant.ts";
import { hashOfToken, newSecret } from "../../core/access/personal-access-token.ts";
import { DomainError } from "../../core/errors.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksDependencies } from "./context.ts";
import type { IssuedToken, TokenIssuer } from "./issue-access-token.ts";
import { authenticatedClient, type ClientIdentity, oauthClientById } from "./oauth-clients.ts";
import { grantOwner, issueOf, newGrant, newRefreshToken } from "./oauth-grants.ts";

/** What a client asks of somebody by way of their browser (RFC 6749 4.1.1, RFC 7636 4.3). */
export interface AuthorizationRequest {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scope: string;
}

/** Who asks, and where the answer goes: what must be right before anything may be sent back there. */
export type AskingClient = Pick<AuthorizationRequest, "client" | "redirectUri">;

/**
 * Throws a DomainError of kind `invalid` for the person at the browser, which must not be sent on: RFC 6749 4.1.2.1 has
 * no answer go to an address that is not known to be the client's.
 */
export async function askingClient(
  dependencies: DatabricksDependencies,
  { account }: TokenIssuer,
  clientId: string | null,
  redirectUri: string | null,
): Promise<AskingClient> {
  if (clientId === null) throw new DomainError("invalid", "Parameter client_id is missing.");
  const client = await oauthClientById(dependencies, account, clientId);
  if (client === null) throw new DomainError("invalid", `There is no program ${clientId} in this account.`);
  if (redirectUri === null) throw new DomainError("invalid", "Parameter redirect_uri is missing.");
  if (!mayBeAnsweredAt(client, redirectUri))
    throw new DomainError("invalid", `${client.name} is not to be answered at ${redirectUri}.`);
  return { client, redirectUri };
}

/** Throws an OAuth error, for the client. */
export function authorizationRequest(
  asking: AskingClient,
  parameters: ReadonlyMap<string, string>,
): AuthorizationRequest {
  const type = parameters.get("response_type");
  if (type === undefined) throw oauthError("invalid_request", "Parameter response_type is missing.");
  if (type !== "code")
    throw oauthError("unsupported_response_type", `Response type ${type} is not supported: ask for code.`);
  const challenge = parameters.get("code_challenge") ?? "";
  if (parameters.get("code_challenge_method") !== "S256" || !isChallenge(challenge))
    throw oauthError("invalid_request", "A code_challenge with code_challenge_method S256 is required.");
  return { ...asking, challenge, scope: grantedScope(asking.client, parameters.get("scope") ?? "") };
}

/** In the order in which they were asked for. */
function grantedScope({ name, scopes }: OAuthClient, asked: string): string {
  const names = [...new Set(asked.split(" ").filter((name) => name !== ""))];
  if (names.length === 0) names.push(ALL_APIS);
  const beyond = names.find((each) => !scopes.includes(each));
  if (beyond !== undefined) throw oauthError("invalid_scope", `${name} is not given the scope ${beyond}.`);
  const unknown = names.filter((each) => each !== ALL_APIS && each !== OFFLINE_ACCESS);
  if (unknown.length > 0 || !names.includes(ALL_APIS))
    throw oauthError(
      "invalid_scope",
      `Scope ${asked} is not given: ask for ${ALL_APIS}, and ${OFFLINE_ACCESS} for a refresh token.`,
    );
  return names.join(" ");
}

/** A code that says that this user lets the client act for them. Throws `access_denied` where they may not be here. */
export async function giveCode(
  dependencies: DatabricksDependencies,
  { account, workspace }: TokenIssuer,
  { client, redirectUri, challenge, scope }: AuthorizationRequest,
  caller: DatabricksCaller,
): Promise<string> {
  const { store, clock, randomBytes } = dependencies;
  const nowMs = clock.now();
  const code = newSecret(CODE_PREFIX, randomBytes);
  const row: AuthorizationCode = {
    hash: hashOfToken(code),
    account,
    workspace: workspace?.id ?? null,
    principal: caller.principal,
    clientId: client.clientId,
    integration: client.integration,
    redirectUri,
    challenge,
    scope,
    expiresAtMs: nowMs + CODE_LIFETIME_MS,
    grant: null,
    version: 0,
  };
  await retryStale(() => store.commit([{ kind: "authorization-code", row }]));
  return code;
}

export interface PresentedCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

const INVALID_CODE = "The authorization code is invalid, has expired or was used already.";

/**
 * The authorization code grant (RFC 6749 4.1.3, RFC 7636 4.5). A code is good once: what was given for one that comes
 * again ends, since somebody else must have it (RFC 6749 4.1.2). Throws an OAuth error.
 */
export async function issueForCode(
  dependencies: DatabricksDependencies,
  issuer: TokenIssuer,
  identity: ClientIdentity,
  { code, redirectUri, verifier }: PresentedCode,
): Promise<IssuedToken> {
  const { store, clock } = dependencies;
  const client = await authenticatedClient(dependencies, issuer.account, identity);
  return retryStale(async () => {
    const row = await store.authorizationCodes.withHash(hashOfToken(code));
    const invalid = oauthError("invalid_grant", INVALID_CODE);
    if (row === null) throw invalid;
    if (row.grant !== null) {
      await store.commit([{ kind: "oauth-grant-deleted", id: row.grant }]);
      throw invalid;
    }
    if (
      row.account !== issuer.account ||
      row.workspace !== (issuer.workspace?.id ?? null) ||
      row.clientId !== client.clientId ||
      row.expiresAtMs <= clock.now()
    )
      throw invalid;
    if (row.redirectUri !== redirectUri)
      throw oauthError("invalid_grant", "redirect_uri is not the one that the code was asked for with.");
    if (!answersChallenge(verifier, row.challenge))
      throw oauthError("invalid_grant", "code_verifier does not answer the code's challenge.");
    const { principal, caller } = await grantOwner(dependencies, issuer, row.principal, INVALID_CODE);
    const grant = newGrant(dependencies, row, client);
    const refresh = newRefreshToken(dependencies, grant, 1);
    await store.commit([
      { kind: "authorization-code", row: { ...row, grant: grant.id } },
      { kind: "oauth-grant", row: grant },
      ...(refresh === null ? [] : [refresh.change]),
    ]);
    return issueOf(dependencies, issuer, client, {
      grant,
      principal,
      caller,
      refresh: refresh?.token ?? null,
    });
  });
}
