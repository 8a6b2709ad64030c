import { timingSafeEqual } from "node:crypto";
import type { AccountObject } from "../account-object/account-object.ts";
import { APP_SCOPES, type TokenAccessPolicy } from "../account-object/custom-app-integration.ts";
import type { AccountId, AccountObjectId } from "../ids.ts";
import { ALL_APIS, OFFLINE_ACCESS } from "./oauth-grant.ts";
import { hashOfToken } from "./personal-access-token.ts";

/** An app that may ask for somebody's tokens, as the authorization server sees it. */
export interface OAuthClient {
  readonly account: AccountId;
  /** The integration that it is registered by: while that is there, so are its grants. Null for one that every account has. */
  readonly integration: AccountObjectId | null;
  readonly clientId: string;
  readonly name: string;
  /** Null for a public client, which proves nothing and must use PKCE. */
  readonly secretHash: string | null;
  /** Where it may be answered: exactly these, or any port of the machine that the browser runs on. */
  readonly redirectUrls: readonly string[] | "loopback";
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
/** However often people's own programs refresh: then their owner logs in again. */
const SESSION_SECONDS = 90 * 86_400;

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

/** A program that every account has from the beginning, by the id that it is built with. */
export interface PublishedApp {
  readonly clientId: string;
  /** What `published-app-integration` calls it. */
  readonly appId: string;
  readonly name: string;
  readonly description: string;
}

/**
 * databricks-sdk-go credentials/u2m/persistent_auth.go and databricks-sdk-py credentials_provider.py
 * (`external-browser`); dbt-databricks dbt/adapters/databricks/credentials.py, and
 * https://docs.databricks.com/integrations/manage-oauth.html for its app id.
 */
export const PUBLISHED_APPS: readonly PublishedApp[] = [
  {
    clientId: "databricks-cli",
    appId: "databricks-cli",
    name: "Databricks CLI and SDKs",
    description: "Programs on the user's own machine that sign in with a browser",
  },
  {
    clientId: "dbt-databricks",
    appId: "databricks-dbt-adapter",
    name: "dbt",
    description: "dbt on the user's own machine",
  },
];

/** All that a published app may be given. */
export const PUBLISHED_SCOPES = [ALL_APIS, OFFLINE_ACCESS] as const;

/** Such an app in an account, whose administrator may have said how long its tokens last. A refresh token is good once. */
export function publishedClient(
  account: AccountId,
  { clientId, name }: PublishedApp,
  policy: TokenAccessPolicy | null,
): OAuthClient {
  const lifetimes = tokenLifetimes(policy);
  return {
    account,
    integration: null,
    clientId,
    name,
    secretHash: null,
    redirectUrls: "loopback",
    scopes: PUBLISHED_SCOPES,
    lifetimes: {
      ...lifetimes,
      sessionSeconds: lifetimes.sessionSeconds ?? SESSION_SECONDS,
      singleUseRefreshTokens: policy?.singleUseRefreshTokens ?? true,
    },
  };
}

/** Hosts of a program on the browser's own machine. RFC 8252 8.3 advises against the name; the SDKs use it. */
const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** What the SDKs listen at: Go and Python nothing, Java `/callback`. */
const LOOPBACK_PATHS = new Set(["/", "/callback"]);

/**
 * Whether a client may be answered there. A program on the browser's machine takes whatever port is free (RFC 8252
 * 7.3; the SDKs use 8020 to 8040); any other address must be one of the client's, character by character.
 */
export function mayBeAnsweredAt({ redirectUrls }: OAuthClient, uri: string): boolean {
  if (redirectUrls !== "loopback") return redirectUrls.includes(uri);
  const url = URL.parse(uri);
  return (
    url !== null &&
    url.protocol === "http:" &&
    LOOPBACK_HOSTS.has(url.hostname) &&
    LOOPBACK_PATHS.has(url.pathname) &&
    // Nothing that a reader of URLs could take for another host, or that the answer's own parameters could get into.
    /^http:\/\/[\w.[\]:]+(\/\w*)?$/.test(uri)
  );
}

/** Whether a client is who it says: a confidential one by its secret, a public one by having none. */
export function provesItself({ secretHash }: OAuthClient, secret: string | null): boolean {
  if (secretHash === null) return secret === null;
  return secret !== null && timingSafeEqual(Buffer.from(secretHash), Buffer.from(hashOfToken(secret)));
}
