import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { type Authority, askToken, discover, type TokenAnswer } from "./authority.ts";
import { CLIENT_ID } from "./browser-sign-in.ts";
import { type CachedToken, TokenCache } from "./token-cache.ts";

/** An access token that ends sooner than this is renewed: the SDKs' own margin is 40 s (databricks-sdk-py oauth.py). */
const STALE_MS = 60_000;

export function cachedToken(
  { accessToken, refreshToken, expiresInSeconds }: TokenAnswer,
  nowMs: number,
): CachedToken {
  return {
    access_token: accessToken,
    token_type: "Bearer",
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    expiry: new Date(nowMs + expiresInSeconds * 1000).toISOString(),
  };
}

/**
 * Gives tokens of a service principal by the client credentials grant (RFC 6749 4.4): the same one until it is about to
 * end.
 */
export function clientToken(
  { clock }: Pick<Context, "clock">,
  {
    host,
    accountId,
    id,
    secret,
  }: {
    readonly host: string;
    readonly accountId: string | null;
    readonly id: string;
    readonly secret: string;
  },
): () => Promise<CachedToken> {
  const ask = async () => {
    const form = { grant_type: "client_credentials", scope: "all-apis" };
    return cachedToken(await askToken(await discover(host, accountId), form, { id, secret }), clock.now());
  };
  // Calls that are made at once share one.
  let kept: Promise<CachedToken> | null = null;
  return async () => {
    if (kept === null || Date.parse((await kept).expiry) - clock.now() < STALE_MS) kept = ask();
    return kept;
  };
}

/** The token of a sign-in by browser, renewed where it is about to end. Throws where there is none, or it has ended. */
export async function currentToken(
  context: Pick<Context, "machine" | "clock">,
  {
    host,
    accountId,
    keys,
    force,
  }: {
    readonly host: string;
    readonly accountId: string | null;
    /** Under which it may be kept. */
    readonly keys: readonly string[];
    /** Whether one that still lasts is renewed too. */
    readonly force: boolean;
  },
): Promise<CachedToken> {
  const cache = new TokenCache(context.machine.homeDirectory);
  const isStale = ({ expiry }: CachedToken) => force || Date.parse(expiry) - context.clock.now() < STALE_MS;
  const renew = async (old: CachedToken) => {
    if (old.refresh_token === undefined)
      throw new CliError(`the sign-in to ${host} has ended`, { hint: AGAIN });
    const authority: Authority = await discover(host, accountId);
    const form = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: old.refresh_token };
    const fresh = await askToken(authority, form);
    return cachedToken(
      { ...fresh, refreshToken: fresh.refreshToken ?? old.refresh_token },
      context.clock.now(),
    );
  };
  const token = await cache.renewed(keys, isStale, renew).catch((error: unknown) => {
    if (error instanceof CliError && error.hint === null)
      throw new CliError(error.message, { exitCode: error.exitCode, hint: AGAIN, cause: error });
    throw error;
  });
  if (token !== null) return token;
  // The SDKs look for the middle of this text (databricks/cli cmd/auth/token.go).
  throw new CliError(`databricks OAuth is not configured for this host: ${host}`, { hint: AGAIN });
}

const AGAIN = "Log in again: `firesteel auth login`.";
