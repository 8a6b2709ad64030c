import { hostOf } from "../auth/authority.ts";
import { cacheKeys, configFile, readProfile } from "../auth/profiles.ts";
import { TokenCache } from "../auth/token-cache.ts";
import { clientToken, currentToken } from "../auth/tokens.ts";
import { text } from "../command.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readAdminEnv } from "../machine/admin-env.ts";
import { trustAuthority } from "../machine/authority.ts";
import { runningServer } from "../machine/server-record.ts";
import { AccountClient } from "./account-client.ts";
import { find, type SignIn, type Sources, signInOf } from "./sign-in.ts";

/** Options of every command that calls the account API. */
export const ACCOUNT_CONNECTION_OPTIONS = {
  endpointUrl: text(
    "--endpoint-url <url>",
    "server to call (DATABRICKS_HOST; else the running server of the data directory)",
  ),
  accountId: text("--account-id <id>", "account to call (DATABRICKS_ACCOUNT_ID; else the first one)"),
  profile: text(
    "-p, --profile <name>",
    "profile of .databrickscfg to sign in with (DATABRICKS_CONFIG_PROFILE; else none)",
  ),
} as const;

export interface AccountConnectionValues {
  readonly endpointUrl: string | undefined;
  readonly accountId: string | undefined;
  readonly profile: string | undefined;
  /** Whether an account must be named; it must by default. */
  readonly needsAccount?: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds the server to call and how to sign in: by options, the environment and the profile that is named, in this order.
 * Where no server is named, it is the data directory's, with its administrator's credentials; credentials of the
 * environment are not for it: they may be those of a real account, which no other server should see. For the same reason
 * the profile DEFAULT is not used unasked, as the SDKs would: a stopped server must not turn a command into one for a
 * real account. Throws with exit code 3 where no server is named and none runs, with 2 where something is missing.
 */
export async function connectAccount(
  values: AccountConnectionValues,
  context: Context,
): Promise<AccountClient> {
  const { environment } = context.machine;
  const server = await runningServer(context.settings.dataDir);
  const name = values.profile ?? (environment.DATABRICKS_CONFIG_PROFILE || undefined);
  const profile = name === undefined ? null : await readProfile(name, context);
  const sources = { ...values, environment, profile, isProfileExplicit: values.profile !== undefined };
  const named = find("host", sources);
  if (named === null) {
    if (profile !== null) {
      throw missing(
        `profile ${profile.name} of ${configFile(context)} names no host`,
        `Log in: \`firesteel auth login --profile ${profile.name} --host URL\`.`,
      );
    }
    if (server === null) {
      throw new CliError(`no server is running on ${context.settings.dataDir}`, {
        exitCode: EXIT_CODES.unreachable,
        hint: "Start one with `firesteel server`, or name one with --endpoint-url or --profile.",
      });
    }
    return administratorClient(server.url, values, await administrator(context));
  }
  const endpoint = hostOf(named.value);
  checkHost(endpoint, named.source, sources);
  const account = find("account_id", sources)?.value ?? null;
  const target = {
    endpoint,
    account,
    profile: profile?.name ?? null,
    authorityAccount: authorityAccount(account, sources),
  };
  const signIn = signInOf(sources) ?? (profile === null ? await keptSignIn(target, server, context) : null);
  if (signIn === null) {
    if (server !== null && profile === null && sameAddress(endpoint, server.url))
      return administratorClient(endpoint, values, await administrator(context));
    throw missing(
      profile === null
        ? `no credentials for ${endpoint} (${named.source})`
        : `profile ${profile.name} of ${configFile(context)} says nothing of how to sign in to ${endpoint}`,
      "Set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or DATABRICKS_USERNAME and DATABRICKS_PASSWORD; or log in with `firesteel auth login` and name its profile with --profile.",
    );
  }
  if (account === null && (values.needsAccount ?? true)) {
    throw missing(
      `no account of ${endpoint} (${named.source}) is named`,
      "Set DATABRICKS_ACCOUNT_ID, or give --account-id. A workspace's own profile has none: use one of the account.",
    );
  }
  await trustAuthority(context.settings.dataDir);
  return new AccountClient({
    endpoint,
    account: account ?? "",
    authorization: authorizationOf(signIn, target, context),
    unknownHint: unknownHint(signIn, profile?.name ?? null),
  });
}

/** Calls the server of this data directory as its administrator, whatever the environment says. */
export async function connectAsAdministrator(endpoint: string, context: Pick<Context, "settings">) {
  return administratorClient(endpoint, NOTHING, await administrator(context));
}

const NOTHING = { endpointUrl: undefined, accountId: undefined, profile: undefined } as const;

/** What the data directory's administrator has. */
async function administrator({ settings }: Pick<Context, "settings">): Promise<Variables> {
  return Object.fromEntries((await readAdminEnv(settings.dataDir)) ?? []);
}

function administratorClient(
  endpoint: string,
  { accountId, needsAccount = true }: AccountConnectionValues,
  variables: Variables,
) {
  const { DATABRICKS_TOKEN: token, DATABRICKS_ACCOUNT_ID: first } = variables;
  if (!token) {
    throw missing(
      "the data directory's admin.env has no credentials of an account administrator",
      "Name the server with DATABRICKS_HOST, and set DATABRICKS_TOKEN or DATABRICKS_USERNAME and DATABRICKS_PASSWORD.",
    );
  }
  const account = accountId ?? first;
  if (!account && needsAccount)
    throw missing(`no account of ${endpoint} is named`, "Set DATABRICKS_ACCOUNT_ID.");
  const authorization = async () => `Bearer ${token}`;
  return new AccountClient({
    endpoint,
    account: account ?? "",
    authorization,
    unknownHint: notThere("admin.env"),
  });
}

interface Target {
  readonly endpoint: string;
  readonly account: string | null;
  readonly profile: string | null;
  /** Whose authorization server gives the tokens; null for a workspace's. */
  readonly authorityAccount: string | null;
}

/** Throws where a profile's credentials would go to a server that is not the profile's. */
function checkHost(endpoint: string, source: string, { profile }: Sources): void {
  const own = profile?.values.get("host");
  if (!own || profile === null || sameAddress(endpoint, hostOf(own))) return;
  throw missing(
    `${source} is ${endpoint}, and profile ${profile.name} signs in to ${hostOf(own)}`,
    `${source.startsWith("--") ? `Leave ${source} out` : `Unset ${source}`}, or use no profile.`,
  );
}

/** A profile's own account, where it logged in, whichever is called; a workspace's profile has none. */
function authorityAccount(account: string | null, { profile }: Sources): string | null {
  if (profile?.values.get("workspace_id")) return null;
  return profile?.values.get("account_id") || account;
}

function unknownHint({ source }: SignIn, profile: string | null): string {
  if (profile === null || !source.includes(`profile ${profile}`)) return notThere(source);
  return `The server does not know these credentials (${source}). Log in again: \`firesteel auth login --profile ${profile}\`.`;
}

function notThere(source: string): string {
  return `The server does not know these credentials (${source}). Unset DATABRICKS_HOST to use the data directory's own, or run: eval "$(firesteel env)"`;
}

/** What `auth login` has kept for this host: the last that the SDKs try. The data directory's own server needs none. */
async function keptSignIn(
  { endpoint, account }: Target,
  server: { readonly url: string } | null,
  { machine }: Context,
): Promise<SignIn | null> {
  if (server !== null && sameAddress(endpoint, server.url)) return null;
  const kept = await new TokenCache(machine.homeDirectory).find(cacheKeys(null, endpoint, account));
  return kept === null ? null : { type: "databricks-cli", source: `the sign-in to ${endpoint}` };
}

/** Gives what to send with each call: a command that waits may outlast a token. */
function authorizationOf(signIn: SignIn, target: Target, context: Context): () => Promise<string> {
  const host = target.endpoint;
  const accountId = target.authorityAccount;
  const orSource = (error: unknown): never => {
    if (!(error instanceof CliError)) throw error;
    const { message, exitCode, hint } = error;
    throw new CliError(`${message} (${signIn.source})`, {
      exitCode,
      ...(hint !== null && { hint }),
      cause: error,
    });
  };
  switch (signIn.type) {
    case "pat":
      return async () => `Bearer ${signIn.token}`;
    case "basic": {
      const pair = Buffer.from(`${signIn.userName}:${signIn.password}`).toString("base64");
      return async () => `Basic ${pair}`;
    }
    case "oauth-m2m": {
      const token = clientToken(context, { host, accountId, id: signIn.id, secret: signIn.secret });
      return async () => `Bearer ${(await token().catch(orSource)).access_token}`;
    }
    case "databricks-cli": {
      const keys = cacheKeys(target.profile, host, accountId);
      const current = () => currentToken(context, { host, accountId, keys, force: false });
      return async () => `Bearer ${(await current().catch(orSource)).access_token}`;
    }
  }
}

function sameAddress(one: string, other: string): boolean {
  const origin = (url: string) => new URL(url).origin.replace("//localhost", "//127.0.0.1");
  return origin(one) === origin(other);
}

function missing(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
