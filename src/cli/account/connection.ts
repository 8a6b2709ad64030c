import { text } from "../command.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readAdminEnv } from "../machine/admin-env.ts";
import { runningServer } from "../machine/server-record.ts";
import { AccountClient, type AccountCredentials } from "./account-client.ts";

/** Options of every command that calls the account API. */
export const ACCOUNT_CONNECTION_OPTIONS = {
  endpointUrl: text(
    "--endpoint-url <url>",
    "server to call (DATABRICKS_HOST; else the running server of the data directory)",
  ),
  accountId: text("--account-id <id>", "account to call (DATABRICKS_ACCOUNT_ID; else the first one)"),
} as const;

export interface AccountConnectionValues {
  readonly endpointUrl: string | undefined;
  readonly accountId: string | undefined;
  /** Whether an account must be named; it must by default. */
  readonly needsAccount?: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds the server to call. Credentials of the environment are used only where the server was named too: they may be
 * those of a real account, which no other server should see. Throws with exit code 3 where none is named and none runs,
 * with 2 where something is missing.
 */
export async function connectAccount(
  values: AccountConnectionValues,
  context: Context,
): Promise<AccountClient> {
  const { environment } = context.machine;
  const named = values.endpointUrl ?? (environment.DATABRICKS_HOST || undefined);
  const server = await runningServer(context.settings.dataDir);
  if (named === undefined) {
    if (server === null) {
      throw new CliError(`no server is running on ${context.settings.dataDir}`, {
        exitCode: EXIT_CODES.unreachable,
        hint: "Start one with `firesteel server`, or name one with --endpoint-url.",
      });
    }
    return client(server.url, values, await administrator(context));
  }
  const endpoint = addressOf(named);
  if (credentialsOf(environment) !== null) return client(endpoint, values, environment);
  if (server !== null && sameAddress(endpoint, server.url))
    return client(endpoint, values, await administrator(context));
  throw missing(
    `no credentials for ${endpoint}`,
    "Set DATABRICKS_TOKEN, or DATABRICKS_USERNAME and DATABRICKS_PASSWORD.",
  );
}

/** Calls the server of this data directory as its administrator, whatever the environment says. */
export async function connectAsAdministrator(endpoint: string, context: Pick<Context, "settings">) {
  return client(endpoint, { endpointUrl: undefined, accountId: undefined }, await administrator(context));
}

/** What the data directory's administrator has. */
async function administrator({ settings }: Pick<Context, "settings">): Promise<Variables> {
  return Object.fromEntries((await readAdminEnv(settings.dataDir)) ?? []);
}

function client(
  endpoint: string,
  { accountId, needsAccount = true }: AccountConnectionValues,
  variables: Variables,
) {
  const credentials = credentialsOf(variables);
  if (credentials === null) {
    throw missing(
      "the data directory's admin.env has no credentials of an account administrator",
      "Name the server with DATABRICKS_HOST, and set DATABRICKS_TOKEN or DATABRICKS_USERNAME and DATABRICKS_PASSWORD.",
    );
  }
  const account = accountId ?? variables.DATABRICKS_ACCOUNT_ID;
  if (!account && needsAccount)
    throw missing(`no account of ${endpoint} is named`, "Set DATABRICKS_ACCOUNT_ID.");
  return new AccountClient({ endpoint, account: account ?? "", credentials });
}

function credentialsOf(variables: Variables): AccountCredentials | null {
  const {
    DATABRICKS_TOKEN: token,
    DATABRICKS_USERNAME: userName,
    DATABRICKS_PASSWORD: password,
    DATABRICKS_AUTH_TYPE: type,
  } = variables;
  const basic: AccountCredentials | null =
    userName && password ? { kind: "basic", userName, password } : null;
  // As the SDKs choose: databricks-sdk-py credentials_provider.py tries `pat` before `basic`.
  if (token && !(type === "basic" && basic !== null)) return { kind: "token", token };
  return basic;
}

/** A host without a scheme is one behind TLS, as in the SDKs (databricks-sdk-py config.py, `_fix_host_if_needed`). */
function addressOf(named: string): string {
  const address = /^[a-z]+:\/\//i.test(named) ? named : `https://${named}`;
  if (/^https?:$/.test(URL.parse(address)?.protocol ?? "")) return address;
  throw missing(`${named} is not an address of a server`, "Such as: http://127.0.0.1:7070");
}

function sameAddress(one: string, other: string): boolean {
  const origin = (url: string) => new URL(url).origin.replace("//localhost", "//127.0.0.1");
  return origin(one) === origin(other);
}

function missing(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
