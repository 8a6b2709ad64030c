import type { AccountId, PrincipalId, WorkspaceId } from "../ids.ts";
import type { Json } from "../json.ts";

/** What an OAuth access token says: to whom it was given, for what, and by which credential, whose end is its own. */
export interface AccessTokenClaims {
  /** The URL of the authorization server that gave it. */
  readonly issuer: string;
  readonly account: AccountId;
  /** The only workspace that it opens; null for the account and every workspace that the principal may enter. */
  readonly workspace: WorkspaceId | null;
  readonly principal: PrincipalId;
  /** A user's name or a service principal's application id. */
  readonly subject: string;
  readonly clientId: string;
  readonly scope: string;
  /** The id of the secret or the sign-in that it was given for. */
  readonly credential: string;
}

/** What an access token that is good now says. */
export interface ReadAccessToken extends AccessTokenClaims {
  /** A whole second. */
  readonly expiresAtMs: number;
}

/** Makes access tokens that only this server can make, and reads them. */
export interface AccessTokens {
  issue(claims: AccessTokenClaims, lifetimeSeconds: number): Promise<string>;
  /** Null for what is no access token of this server, or is one no more. */
  read(token: string): Promise<ReadAccessToken | null>;
  /** The keys by which others can check them: the members of a JSON Web Key Set. */
  publicKeys(): Promise<readonly Json[]>;
}
