import type { AccountId, PrincipalId } from "../ids.ts";
import { canonicalJson } from "../json.ts";
import type { KeySource } from "../ports/foreign-tokens.ts";

/**
 * Whose tokens are exchanged for the account's own: of an identity provider, for the users and service principals that
 * they name; or of a workload, for one service principal (databricks-account-api.md A7).
 */
export interface FederationPolicy {
  /** A UUID that it keeps. */
  readonly uid: string;
  readonly account: AccountId;
  /** The only one that its tokens are for; null where they name theirs. */
  readonly servicePrincipal: PrincipalId | null;
  /** What its path calls it: unique in the account, or on its service principal. */
  readonly policyId: string;
  readonly description: string | null;
  readonly trust: FederationTrust;
  /**
   * Named by the access tokens that were given for it. Whoever changes `trust` gives it another, so that those end.
   */
  readonly trustId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly version: number;
}

/** Which tokens a policy takes. */
export interface FederationTrust {
  readonly issuer: string;
  /** One of them must be the token's; without any, the account's id. */
  readonly audiences: readonly string[];
  /** What the subject claim must be; of service principals' policies alone. */
  readonly subject: string | null;
  /** Null for `sub`. */
  readonly subjectClaim: string | null;
  /** Where the issuer's keys are; null where its own metadata says it. */
  readonly jwksUri: string | null;
  /** The keys themselves, as the text that was given. */
  readonly jwksJson: string | null;
}

/**
 * An account, and each service principal, has at most this many
 * (https://docs.databricks.com/aws/en/dev-tools/auth/oauth-federation-policy names it for service principals).
 */
export const POLICIES_LIMIT = 20;

const DEFAULT_SUBJECT_CLAIM = "sub";

export function audiencesOf({
  account,
  trust,
}: Pick<FederationPolicy, "account" | "trust">): readonly string[] {
  return trust.audiences.length === 0 ? [account] : trust.audiences;
}

export function subjectClaimOf({ subjectClaim }: Pick<FederationTrust, "subjectClaim">): string {
  return subjectClaim ?? DEFAULT_SUBJECT_CLAIM;
}

export function keySourceOf({ issuer, jwksUri, jwksJson }: FederationTrust): KeySource {
  if (jwksJson !== null) return { kind: "inline", jwks: jwksJson };
  return jwksUri === null ? { kind: "issuer", issuer } : { kind: "uri", uri: jwksUri };
}

export function sameTrust(a: FederationTrust, b: FederationTrust): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

export function sameSource(a: KeySource, b: KeySource): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
