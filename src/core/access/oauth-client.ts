import { timingSafeEqual } from "node:crypto";
import type { AccountObject } from "../account-object/account-object.ts";
import { APP_SCOPES, type TokenAccessPolicy } from "../account-object/custom-app-integration.ts";
import type { AccountId, AccountObjectId } from "../ids.ts";
import { hashOfToken } from "./personal-access-token.ts";

/** An app that may ask for somebody's tokens, as the authorization server sees it. */
export interface OAuthClient {
  readonly account: AccountId;
  /** The integration that it is registered by: while that is there, so are its grants. */
  readonly integration: AccountObjectId;
  readonly clientId: string;
  readonly name: string;
  /** Null for a public client, which proves nothing and must use PKCE. */
  readonly secretHash: string | null;
  readonly redirectUrls: readonly string[];
  /** All that it may be given. */
  readonly scopes: readonly string[];
  readonly lifetimes: TokenLifetimes;
}

export interface TokenLifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** Of all refresh tokens of one sign-in together; null where there is no end. Counts with single use only. */
  readonly sessionSeconds: number | null;
  /** Whether each use of a refresh token gives a new one and ends it. */
  readonly singleUseRefreshTokens: boolean;
}

// https://docs.databricks.com/aws/en/integrations/enable-disable-oauth, "Enable custom OAuth applications using the Databricks UI".
const ACCESS_TOKEN_MINUTES = 60;
const REFRESH_TOKEN_MINUTES = 10_080;

/** What a policy says, and the defaults for what it leaves out. */
export function tokenLifetimes(policy: TokenAccessPolicy | null): TokenLifetimes {
  const minutes = policy?.sessionMinutes ?? null;
  return {
    accessTokenSeconds: (policy?.accessTokenMinutes ?? ACCESS_TOKEN_MINUTES) * 60,
    refreshTokenSeconds: (policy?.refreshTokenMinutes ?? REFRESH_TOKEN_MINUTES) * 60,
    sessionSeconds: minutes === null ? null : minutes * 60,
    singleUseRefreshTokens: policy?.singleUseRefreshTokens ?? false,
  };
}

export function oauthClientOf({
  account,
  id,
  name,
  body,
}: AccountObject<"custom-app-integration">): OAuthClient {
  const { clientId, secretHash, redirectUrls } = body;
  return {
    account,
    integration: id,
    clientId,
    name,
    secretHash,
    redirectUrls,
    scopes: body.scopes ?? APP_SCOPES,
    lifetimes: tokenLifetimes(body.tokenAccessPolicy),
  };
}

/** Whether a client is who it says: a confidential one by its secret, a public one by having none. */
export function provesItself({ secretHash }: OAuthClient, secret: string | null): boolean {
  if (secretHash === null) return secret === null;
  return secret !== null && timingSafeEqual(Buffer.from(secretHash), Buffer.from(hashOfToken(secret)));
}
