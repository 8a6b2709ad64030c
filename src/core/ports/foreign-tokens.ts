import type { Json } from "../json.ts";

/** Where the public keys are that check an issuer's tokens. */
export type KeySource =
  /** Named by the issuer's own metadata (OpenID Connect Discovery 1.0). */
  | { readonly kind: "issuer"; readonly issuer: string }
  | { readonly kind: "uri"; readonly uri: string }
  /** A JSON Web Key Set as text. */
  | { readonly kind: "inline"; readonly jwks: string };

/** What a JSON Web Token says; whether it is true is another question. */
export interface ForeignToken {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly claims: { readonly [name: string]: Json };
}

export type ForeignTokenCheck =
  | { readonly kind: "good"; readonly token: ForeignToken; readonly expiresAtMs: number }
  /** `why` is for whoever sent it, and says nothing of the keys. */
  | { readonly kind: "bad"; readonly code: ForeignTokenFault; readonly why: string };

export const FOREIGN_TOKEN_FAULTS = [
  "TOKEN_INVALID",
  "TOKEN_SIGNATURE_INVALID",
  "TOKEN_EXPIRED",
  "TOKEN_NOT_YET_VALID",
] as const;
export type ForeignTokenFault = (typeof FOREIGN_TOKEN_FAULTS)[number];

/** Reads and checks the tokens of other issuers, and gets the keys for it. */
export interface ForeignTokens {
  /** Before anything is checked: to find out who may vouch for it. Null for what is no signed JSON Web Token. */
  decode(token: string): ForeignToken | null;
  /**
   * Checks form, signature and times, of tokens signed with RS256 or ES256. Who it is for is the caller's to check.
   * Throws a DomainError of kind `unavailable` where the keys cannot be had now.
   */
  check(token: string, keys: KeySource): Promise<ForeignTokenCheck>;
  /** Gets the keys anew. Throws a DomainError of kind `unavailable` that says why they cannot be had or used. */
  load(keys: KeySource): Promise<void>;
  /** Where the issuer's metadata sends people to sign in; null where it names no place. Throws as `load` does. */
  authorizationEndpoint(issuer: string): Promise<string | null>;
}
