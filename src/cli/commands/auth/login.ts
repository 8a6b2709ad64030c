import { type Authority, askToken, discover, hostOf, send } from "../../auth/authority.ts";
import { PORTS, signInByBrowser } from "../../auth/browser-sign-in.ts";
import { checkProfileName, withProfile } from "../../auth/databrickscfg.ts";
import { alone, readText, writePrivately } from "../../auth/private-file.ts";
import { AUTH_KEYS, type AuthType, cacheKeys, configFile, profileName } from "../../auth/profiles.ts";
import { readSecret } from "../../auth/secret-input.ts";
import { TokenCache } from "../../auth/token-cache.ts";
import { cachedToken } from "../../auth/tokens.ts";
import { command, flag, text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { trustAuthority } from "../../machine/authority.ts";
import { runningServer } from "../../machine/server-record.ts";

const DEFAULT_TIMEOUT_SECONDS = 300;

const options = {
  host: text("--host <url>", "account or workspace to sign in to (DATABRICKS_HOST; else the running server)"),
  accountId: text("--account-id <id>", "account, where the host serves several (DATABRICKS_ACCOUNT_ID)"),
  profile: text("-p, --profile <name>", "profile to write (DATABRICKS_CONFIG_PROFILE; else DEFAULT)"),
  clientId: text("--client-id <id>", "sign in as this service principal, with DATABRICKS_CLIENT_SECRET"),
  username: text("--username <name>", "sign in as this user by Basic, with DATABRICKS_PASSWORD"),
  azureClientId: text(
    "--azure-client-id <id>",
    "sign in by Entra ID as this application, with ARM_CLIENT_SECRET",
  ),
  azureTenantId: text("--azure-tenant-id <id>", "the application's tenant (ARM_TENANT_ID)"),
  azureWorkspaceResourceId: text("--azure-workspace-resource-id <id>", "the workspace's resource in Azure"),
  printAddress: flag("--print-address", "open no browser: only print where to log in"),
  timeout: text(
    "--timeout <seconds>",
    `how long to wait for the log-in (default: ${DEFAULT_TIMEOUT_SECONDS})`,
  ),
} as const;

type Values = { readonly [Name in keyof typeof options]: ReturnType<(typeof options)[Name]["read"]> };

/** What a way of signing in has found to be right, as a profile holds it. */
interface SignedIn {
  readonly type: AuthType;
  readonly host: string;
  /** Beside the host. */
  readonly values: Readonly<Record<string, string>>;
  readonly cached?: { readonly keys: readonly string[]; readonly token: ReturnType<typeof cachedToken> };
}

export const authLogin = command({
  path: ["auth", "login"],
  summary: "Sign in, and keep how in a profile of .databrickscfg",
  details:
    "By default in your browser (OAuth with PKCE); the tokens are kept where the databricks CLI keeps its own, and the profile has the SDKs ask this command for them. " +
    "With --client-id as a service principal, with --username by Basic, with --azure-client-id by Entra ID. Secrets come from variables, or from stdin. Other profiles and comments stay as they are.",
  options,
  examples: [
    { command: "firesteel auth login", explanation: "to the account of the running server, in the browser" },
    {
      command: "firesteel auth login --host http://127.0.0.1:34567 --profile sales",
      explanation: "to a workspace by its URL",
    },
    {
      command: "firesteel auth login --client-id ID --profile ci < secret",
      explanation: "as a service principal",
    },
  ],
  async run(values, context) {
    const name = profileName(values.profile, context);
    checkProfileName(name);
    await trustAuthority(context.settings.dataDir);
    const { host, accountId } = await target(values, context);
    const signedIn = await signIn(values, context, name, host, accountId);
    const { type, cached } = signedIn;
    const written = { host: signedIn.host, ...signedIn.values, auth_type: type };
    const file = configFile(context);
    // Before any token is kept: a profile that cannot be written leaves nothing behind.
    await alone(file, async () => {
      await writePrivately(file, withProfile(await readText(file), name, written, AUTH_KEYS));
    });
    if (cached !== undefined)
      await new TokenCache(context.machine.homeDirectory).store(cached.keys, cached.token);
    const account = signedIn.values.account_id ?? null;
    context.print.result(
      { profile: name, host: signedIn.host, account_id: account, auth_type: type, file },
      () => `Profile ${name} of ${file} signs in to ${signedIn.host} (${type}).`,
    );
    return EXIT_CODES.ok;
  },
});

async function signIn(
  values: Values,
  context: Context,
  name: string,
  host: string,
  accountId: string | null,
): Promise<SignedIn> {
  const ways = [values.clientId, values.username, values.azureClientId].filter((way) => way !== undefined);
  if (ways.length > 1)
    throw usage("--client-id, --username and --azure-client-id are three ways to sign in", "Choose one.");
  if (values.azureClientId !== undefined) return byEntra(values.azureClientId, values, context, host);
  const authority = await discover(host, accountId);
  if (values.clientId !== undefined) return byClientSecret(values.clientId, context, authority);
  if (values.username !== undefined) return byPassword(values.username, context, authority);
  return byBrowser(values, context, name, authority);
}

async function byBrowser(
  values: Values,
  context: Context,
  name: string,
  authority: Authority,
): Promise<SignedIn> {
  const { print, host: machine } = context;
  const seconds = Number(values.timeout ?? DEFAULT_TIMEOUT_SECONDS);
  if (!(seconds > 0 && seconds <= 86_400))
    throw usage(`--timeout ${values.timeout} is no number of seconds`, "Such as: 300");
  const answer = await signInByBrowser({
    authority,
    ports: callbackPorts(context),
    timeoutMs: seconds * 1000,
    signal: context.signal,
    async show(url) {
      const opened = values.printAddress ? false : await machine.openInBrowser(url);
      print.note(
        `${opened ? "Your browser shows a page to log in with. If it does not, open" : "Log in with a browser at"}
${url}`,
      );
    },
  });
  const { host, accountId } = authority;
  const account = accountOfAuthority(authority);
  return {
    type: "databricks-cli",
    host,
    values: {
      ...accountValue(authority),
      // The SDKs run this with `auth token` (databricks-sdk-py credentials_provider.py, DatabricksCliTokenSource).
      databricks_cli_path: machine.launcher,
    },
    cached: {
      keys: cacheKeys(name, host, account === null ? null : accountId),
      token: cachedToken(answer, context.clock.now()),
    },
  };
}

/** The variable names the only one (databricks-account-api.md A10). */
function callbackPorts({ machine }: Context): readonly number[] {
  const named = machine.environment.DATABRICKS_OAUTH_CALLBACK_PORT;
  if (!named) return PORTS;
  if (/^\d{1,5}$/.test(named) && Number(named) > 0 && Number(named) < 65_536) return [Number(named)];
  throw usage(`DATABRICKS_OAUTH_CALLBACK_PORT=${named} is no port`, "Such as: 8020");
}

async function byClientSecret(id: string, context: Context, authority: Authority): Promise<SignedIn> {
  const secret = await readSecret("DATABRICKS_CLIENT_SECRET", context);
  await askToken(authority, { grant_type: "client_credentials", scope: "all-apis" }, { id, secret });
  return {
    type: "oauth-m2m",
    host: authority.host,
    values: { ...accountValue(authority), client_id: id, client_secret: secret },
  };
}

async function byPassword(name: string, context: Context, authority: Authority): Promise<SignedIn> {
  const password = await readSecret("DATABRICKS_PASSWORD", context);
  const account = accountOfAuthority(authority);
  const path = account === null ? "/api/2.0/preview/scim/v2/Me" : `/api/2.0/accounts/${account}/workspaces`;
  const response = await send(authority.host, authority.host + path, {
    headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` },
  });
  await response.arrayBuffer();
  if (response.status === 401)
    throw new CliError(`${authority.host} does not know this user name and password`);
  // Who is no administrator of the account may still be its user.
  if (!response.ok && response.status !== 403)
    throw new CliError(`${authority.host} answered ${response.status}`);
  return {
    type: "basic",
    host: authority.host,
    values: { ...accountValue(authority), username: name, password },
  };
}

/** Entra ID is not asked: whether the workspace takes its tokens, a call of it tells. */
async function byEntra(id: string, values: Values, context: Context, host: string): Promise<SignedIn> {
  const tenant = values.azureTenantId ?? context.machine.environment.ARM_TENANT_ID;
  if (!tenant) throw usage("no tenant is named", "Give it with --azure-tenant-id, or set ARM_TENANT_ID.");
  const resource = values.azureWorkspaceResourceId;
  return {
    type: "azure-client-secret",
    host,
    values: {
      azure_tenant_id: tenant,
      azure_client_id: id,
      azure_client_secret: await readSecret("ARM_CLIENT_SECRET", context),
      ...(resource !== undefined && { azure_workspace_resource_id: resource }),
    },
  };
}

function accountValue(authority: Authority): Readonly<Record<string, string>> {
  const account = accountOfAuthority(authority);
  return account === null ? {} : { account_id: account };
}

/** Null for a workspace's own server, whose profile names no account: with one the SDKs would call the account. */
function accountOfAuthority({ workspaceId, accountId }: Authority): string | null {
  return workspaceId === null ? accountId : null;
}

/** The account of the environment goes with its host. */
async function target(
  { host, accountId }: Values,
  { machine, settings }: Context,
): Promise<{ readonly host: string; readonly accountId: string | null }> {
  const { DATABRICKS_HOST: named, DATABRICKS_ACCOUNT_ID: account } = machine.environment;
  if (host !== undefined) return { host: hostOf(host), accountId: accountId ?? null };
  if (named) return { host: hostOf(named), accountId: accountId ?? (account || null) };
  const server = await runningServer(settings.dataDir);
  if (server !== null) return { host: hostOf(server.url), accountId: accountId ?? null };
  throw new CliError(`no server is running on ${settings.dataDir}`, {
    exitCode: EXIT_CODES.unreachable,
    hint: "Start one with `firesteel server`, or name one with --host.",
  });
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
