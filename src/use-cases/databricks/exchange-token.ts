import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { oauthError } from "../../core/access/oauth-errors.ts";
import { DomainError } from "../../core/errors.ts";
import { type Acceptance, accept, acceptableFor } from "../../core/federation/accept.ts";
import { type FederationPolicy, keySourceOf } from "../../core/federation/federation-policy.ts";
import type { ForeignToken } from "../../core/ports/foreign-tokens.ts";
import type { Principal } from "../../core/principal/principal.ts";
import { authenticate, callerOf } from "./authenticate.ts";
import { accountPlace } from "./authenticate-entra.ts";
import type { DatabricksDependencies } from "./context.ts";
import { type IssuedToken, issue, type TokenIssuer } from "./issue-access-token.ts";

export interface TokenExchange {
  readonly subjectToken: string;
  /** One of RFC 8693 3, or the vendor's own. */
  readonly subjectTokenType: string;
  /** A service principal's application id: then its policies decide, and without one the account's. */
  readonly clientId: string | null;
  readonly scope: string | null;
}

const JWT = "urn:ietf:params:oauth:token-type:jwt";
const PERSONAL_ACCESS_TOKEN = "urn:databricks:params:oauth:token-type:personal-access-token";
export const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

/**
 * The token exchange grant (RFC 8693; databricks-account-api.md A7): an access token for a token that a federation
 * policy trusts, or for a personal access token. It lives no longer than what it was given for
 * (https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-exchange), and ends with it.
 * Throws an OAuth error, and a DomainError of kind `unavailable` where the issuer's keys cannot be had now.
 */
export async function exchangeToken(
  dependencies: DatabricksDependencies,
  authority: TokenIssuer,
  exchange: TokenExchange,
): Promise<IssuedToken> {
  if (exchange.subjectTokenType === PERSONAL_ACCESS_TOKEN)
    return exchangePersonalAccessToken(dependencies, authority, exchange);
  if (exchange.subjectTokenType !== JWT)
    throw oauthError("invalid_request", `subject_token_type: give ${JWT} or ${PERSONAL_ACCESS_TOKEN}.`);
  const { policy, subject, expiresAtMs } = await trusted(dependencies, authority, exchange);
  const principal = await principalFor(dependencies, policy, subject);
  if (principal === null || !principal.active) {
    const why = `There is no active user or service principal '${subject}'`;
    throw refused("TOKEN_SUBJECT_INVALID", why, null);
  }
  const caller = await callerOf(dependencies, principal, authority.workspace?.id ?? null, {
    kind: "oauth",
    id: policy.trustId,
  });
  return issued(dependencies, authority, caller, exchange.scope, expiresAtMs);
}

interface Trusted {
  readonly policy: FederationPolicy;
  readonly subject: string;
  readonly expiresAtMs: number;
}

/** The policy that trusts the token. Who has signed it himself learns nothing but what he has said himself. */
async function trusted(
  dependencies: DatabricksDependencies,
  { account }: TokenIssuer,
  { subjectToken, clientId }: TokenExchange,
): Promise<Trusted> {
  const { store, foreignTokens } = dependencies;
  const claimed = foreignTokens.decode(subjectToken);
  if (claimed === null) throw refused("TOKEN_INVALID", "The token is not a valid JWT", null);
  const client =
    clientId === null ? null : await store.principals.named(account, "service-principal", clientId);
  const policies =
    clientId !== null && client === null
      ? []
      : await store.federationPolicies.of(account, client?.id ?? null);
  let refusal: DomainError | null = null;
  let unavailable: DomainError | null = null;
  for (const policy of policies.filter(({ trust }) => trust.issuer === claimed.issuer)) {
    const answer = await verdict(dependencies, policy, subjectToken, claimed);
    if (answer.kind === "accepted")
      return { policy, subject: answer.subject, expiresAtMs: answer.expiresAtMs };
    if (answer.kind === "unavailable") {
      unavailable ??= answer.error;
      continue;
    }
    refusal ??= refused(answer.code, answer.why, answer.told);
  }
  // The service's words: workload-identity/databricks-service-principal-operator docs/measured.md.
  const none = "Ensure a valid federation policy has been configured";
  throw unavailable ?? refusal ?? refused("TOKEN_INVALID", none, acceptableFor(claimed));
}

type Verdict =
  | (Extract<Acceptance, { kind: "accepted" }> & { readonly expiresAtMs: number })
  | Extract<Acceptance, { kind: "refused" }>
  /** The policy's keys cannot be had now; another policy may have its own. */
  | { readonly kind: "unavailable"; readonly error: DomainError };

async function verdict(
  { foreignTokens }: DatabricksDependencies,
  policy: FederationPolicy,
  token: string,
  claimed: ForeignToken,
): Promise<Verdict> {
  const checked = await foreignTokens.check(token, keySourceOf(policy.trust)).catch(unavailability);
  if (checked.kind === "unavailable") return checked;
  if (checked.kind === "bad")
    return { kind: "refused", code: checked.code, why: checked.why, told: acceptableFor(claimed) };
  const accepted = accept(policy, checked.token);
  return accepted.kind === "refused" ? accepted : { ...accepted, expiresAtMs: checked.expiresAtMs };
}

function unavailability(error: unknown): Extract<Verdict, { kind: "unavailable" }> {
  if (error instanceof DomainError && error.kind === "unavailable") return { kind: "unavailable", error };
  throw error;
}

async function principalFor(
  { store }: DatabricksDependencies,
  { account, servicePrincipal }: FederationPolicy,
  subject: string,
): Promise<Principal | null> {
  if (servicePrincipal !== null) return store.principals.get(account, servicePrincipal);
  return (
    (await store.principals.named(account, "user", subject)) ??
    (await store.principals.named(account, "service-principal", subject))
  );
}

/** databricks-sdk-py oauth.py, `PATOAuthTokenExchange`. */
async function exchangePersonalAccessToken(
  dependencies: DatabricksDependencies,
  authority: TokenIssuer,
  { subjectToken, scope }: TokenExchange,
): Promise<IssuedToken> {
  const caller = await authenticated(dependencies, authority, subjectToken);
  const { credential, workspace } = caller;
  const token =
    credential.kind === "personal-access-token"
      ? await dependencies.store.personalAccessTokens.get(credential.id)
      : null;
  if (token === null || caller.account !== authority.account)
    throw refused("TOKEN_INVALID", "The personal access token is not valid", null);
  if (workspace !== null && workspace !== authority.workspace?.id)
    throw refused("TOKEN_INVALID", `The personal access token is of workspace ${workspace}`, null);
  return issued(
    dependencies,
    authority,
    { ...caller, workspace: authority.workspace?.id ?? null, credential: { kind: "oauth", id: token.id } },
    scope,
    token.expiresAtMs,
  );
}

async function authenticated(
  dependencies: DatabricksDependencies,
  { account }: TokenIssuer,
  token: string,
): Promise<DatabricksCaller> {
  // Of all bearer tokens, personal access tokens alone have no dots.
  if (token.includes(".")) throw refused("TOKEN_INVALID", "The personal access token is not valid", null);
  try {
    return await authenticate(dependencies, { kind: "bearer", token }, account, accountPlace(account));
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "unauthenticated") throw error;
    throw refused("TOKEN_INVALID", "The personal access token is not valid", null);
  }
}

async function issued(
  dependencies: DatabricksDependencies,
  authority: TokenIssuer,
  caller: DatabricksCaller,
  scope: string | null,
  expiresAtMs: number | null,
): Promise<IssuedToken> {
  const token = await issue(dependencies, authority, caller, { scope, expiresAtMs });
  return { ...token, issuedTokenType: ACCESS_TOKEN };
}

/** RFC 8693 2.2.2 has `invalid_request`; the service answers `invalid_grant`, with its own code in the text. */
function refused(code: string, why: string, told: string | null): DomainError {
  const text = `Failed to process token: ${code} (${why}).`;
  return oauthError("invalid_grant", told === null ? text : `${text} ${told}`);
}
