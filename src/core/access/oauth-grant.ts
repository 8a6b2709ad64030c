import { createHash, timingSafeEqual } from "node:crypto";
import type { AccountId, AccountObjectId, PrincipalId, WorkspaceId } from "../ids.ts";

/** What somebody lets a client do for them. The access and refresh tokens of a grant are one family and end with it. */
export interface OAuthGrant {
  /** A UUID; access tokens name it as their credential. */
  readonly id: string;
  readonly account: AccountId;
  /** Null for the account's own authorization server. */
  readonly workspace: WorkspaceId | null;
  readonly principal: PrincipalId;
  readonly clientId: string;
  /** The registered app that the client is, with which the grant goes; null for one that every account has. */
  readonly integration: AccountObjectId | null;
  /** Names with spaces between them. */
  readonly scope: string;
  readonly createdAtMs: number;
  /** The end of its last token. */
  readonly expiresAtMs: number;
  readonly version: number;
}

/** What a browser brings back to the client that sent it, for one exchange (RFC 6749 4.1.2). The code itself is not kept. */
export interface AuthorizationCode {
  /** Of the whole code: it has 128 random bits, as all of these have, so nothing slower is needed. */
  readonly hash: string;
  readonly account: AccountId;
  readonly workspace: WorkspaceId | null;
  readonly principal: PrincipalId;
  readonly clientId: string;
  readonly integration: AccountObjectId | null;
  readonly redirectUri: string;
  /** RFC 7636 4.2, by S256. */
  readonly challenge: string;
  readonly scope: string;
  readonly expiresAtMs: number;
  /** The grant that it was exchanged for; null before. */
  readonly grant: string | null;
  readonly version: number;
}

/** A refresh token of a grant, used or not. */
export interface RefreshToken {
  readonly hash: string;
  readonly grant: string;
  /** The grant's version that it is good at: one of an older version was used already. */
  readonly generation: number;
}

/** Somebody who has logged in with a browser. The cookie itself is not kept. */
export interface BrowserSession {
  readonly id: string;
  readonly account: AccountId;
  readonly principal: PrincipalId;
  readonly hash: string;
  /** Of the password's stored hash: a new password ends the sessions of the old one. */
  readonly passwordDigest: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** RFC 6749 4.1.2 has ten minutes as the most; a client on the same machine asks at once. */
export const CODE_LIFETIME_MS = 60_000;
/** A working day. */
export const SESSION_LIFETIME_MS = 12 * 3_600_000;

export const CODE_PREFIX = "dcod";
export const REFRESH_TOKEN_PREFIX = "dort";
export const SESSION_PREFIX = "dses";

/** The scopes there are: all that the principal may do, and a refresh token with it (databricks-account-api.md A6). */
export const ALL_APIS = "all-apis";
export const OFFLINE_ACCESS = "offline_access";

/** RFC 7636 4.2: 32 bytes in base64url. */
export function isChallenge(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** Whether this is the secret of which the challenge was made (RFC 7636 4.1, 4.6). */
export function answersChallenge(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const expected = Buffer.from(challenge, "base64url");
  const given = createHash("sha256").update(verifier, "ascii").digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}
