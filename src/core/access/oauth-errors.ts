import { DomainError } from "../errors.ts";

/** RFC 6749 5.2. Clients show the description to people; some look at its text. */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "unauthorized_client"
  | "unsupported_grant_type"
  /** RFC 6749 4.1.2.1, in answers that a browser carries. */
  | "unsupported_response_type"
  | "access_denied"
  /** RFC 9396 5. */
  | "invalid_authorization_details";

/** An error of an authorization server: HTTP 401 for a client that did not prove who it is, else 400. */
export function oauthError(code: OAuthErrorCode, description: string): DomainError {
  return new DomainError(code === "invalid_client" ? "unauthenticated" : "invalid", description, { code });
}
