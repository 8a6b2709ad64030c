import { invalidParameter } from "../databricks-errors.ts";
import type { PrincipalId } from "../ids.ts";

/** An OAuth app that an administrator registers for the account's users (databricks-account-api.md B13). */
export interface CustomAppIntegration {
  /** A UUID that no other client of this server has. */
  readonly clientId: string;
  /** Of the whole secret, which is shown once; null for a public app, which has none. */
  readonly secretHash: string | null;
  readonly redirectUrls: readonly string[];
  /** As they were given, like the two below: what was not is null, and an answer leaves it out. */
  readonly scopes: readonly string[] | null;
  readonly userAuthorizedScopes: readonly string[] | null;
  readonly tokenAccessPolicy: TokenAccessPolicy | null;
  readonly createdBy: PrincipalId;
}

/** How long what an app is given lasts; what is not given has the defaults of `core/access/oauth-client.ts`. */
export interface TokenAccessPolicy {
  readonly accessTokenMinutes: number | null;
  readonly refreshTokenMinutes: number | null;
  /** How long somebody stays signed in however often the refresh token is renewed; counts with single use only. */
  readonly sessionMinutes: number | null;
  readonly singleUseRefreshTokens: boolean | null;
}

/** Doc comment of `scopes` in databricks-sdk-py's service/oauth2.py, CustomAppIntegrationAPI.create. */
export const APP_SCOPES = ["all-apis", "sql", "offline_access", "openid", "profile", "email"] as const;

const MAX_URLS = 100;
const MAX_URL = 2048;

type Parts = Pick<
  CustomAppIntegration,
  "redirectUrls" | "scopes" | "userAuthorizedScopes" | "tokenAccessPolicy"
>;

/** Throws `INVALID_PARAMETER_VALUE` where an app cannot be registered so. */
export function checkCustomAppIntegration(app: Parts): void {
  if (app.redirectUrls.length > MAX_URLS) throw invalidParameter(`redirect_urls: give at most ${MAX_URLS}.`);
  if (app.redirectUrls.length === 0) throw invalidParameter("redirect_urls: give at least one URL.");
  for (const url of app.redirectUrls) checkRedirectUrl(url);
  const scopes: readonly string[] = app.scopes ?? APP_SCOPES;
  const unknown = scopes.find((scope) => !APP_SCOPES.some((each) => each === scope));
  if (unknown !== undefined)
    throw invalidParameter(`scopes: '${unknown}' is not one of ${APP_SCOPES.join(", ")}.`);
  const beyond = app.userAuthorizedScopes?.find((scope) => !scopes.includes(scope));
  if (beyond !== undefined)
    throw invalidParameter(
      `user_authorized_scopes: '${beyond}' is not one of the app's scopes: ${scopes.join(", ")}.`,
    );
  if (app.tokenAccessPolicy !== null) checkTokenAccessPolicy(app.tokenAccessPolicy);
}

/** RFC 6749 3.1.2: absolute and without a fragment; an authorization code travels over it (RFC 9700 2.6). */
function checkRedirectUrl(text: string): void {
  const url = URL.parse(text);
  const isLoopback = ["localhost", "127.0.0.1", "[::1]"].includes(url?.hostname ?? "");
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback);
  if (text.length > MAX_URL)
    throw invalidParameter(`redirect_urls: a URL must not have more than ${MAX_URL} characters.`);
  if (isSafe && !text.includes("#") && url.username === "" && url.password === "") return;
  throw invalidParameter(
    `redirect_urls: '${text}' is not an https URL, or an http one of this machine (localhost, 127.0.0.1, [::1]), without a fragment.`,
  );
}

// terraform-provider-databricks, apps/resource_custom_app_integration.go, has these bounds.
export const MAX_ACCESS_TOKEN_MINUTES = 1440;
const MAX_REFRESH_TOKEN_MINUTES = 129_600;
const MIN_MINUTES = 5;

/** Throws `INVALID_PARAMETER_VALUE` where a duration is out of its bounds. */
export function checkTokenAccessPolicy(policy: TokenAccessPolicy): void {
  const members = [
    ["access_token_ttl_in_minutes", policy.accessTokenMinutes, MAX_ACCESS_TOKEN_MINUTES],
    ["refresh_token_ttl_in_minutes", policy.refreshTokenMinutes, MAX_REFRESH_TOKEN_MINUTES],
    ["absolute_session_lifetime_in_minutes", policy.sessionMinutes, MAX_REFRESH_TOKEN_MINUTES],
  ] as const;
  for (const [member, minutes, max] of members) {
    if (minutes !== null && (minutes < MIN_MINUTES || minutes > max))
      throw invalidParameter(`token_access_policy.${member}: give ${MIN_MINUTES} to ${max} minutes.`);
  }
}
