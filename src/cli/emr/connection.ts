import { text } from "../command.ts";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { readAdminEnv } from "../machine/admin-env.ts";
import { trustAuthority } from "../machine/authority.ts";
import { runningServer } from "../machine/server-record.ts";
import { type Credentials, EmrClient, type EmrClientOptions } from "./emr-client.ts";

/** Options of every command that calls the API. */
export const CONNECTION_OPTIONS = {
  endpointUrl: text(
    "--endpoint-url <url>",
    "server to call (AWS_ENDPOINT_URL_EMR_CONTAINERS; else the running server of the data directory)",
  ),
  region: text("--region <region>", "AWS region to call (AWS_REGION; else the data directory's)"),
} as const;

export interface ConnectionValues {
  readonly endpointUrl: string | undefined;
  readonly region: string | undefined;
}

export interface ServerConnection {
  readonly client: EmrClient;
  /** The server runs on this machine's data directory: its buckets can be written to. */
  readonly isLocal: boolean;
}

export interface Connection extends ServerConnection {
  /** Where it calls, and as whom. */
  readonly target: EmrClientOptions;
}

/**
 * Finds the server to call; null where none was named and none runs. Keys of the environment are used only where the
 * server was named too: most people have their cloud's keys there, which no local server knows.
 */
export async function findServer(values: ConnectionValues, context: Context): Promise<Connection | null> {
  const { environment } = context.machine;
  const named = values.endpointUrl ?? (environment.AWS_ENDPOINT_URL_EMR_CONTAINERS || undefined);
  if (named !== undefined && !/^https?:$/.test(URL.parse(named)?.protocol ?? "")) {
    throw new CliError(`${named} is not an address of a server`, {
      exitCode: EXIT_CODES.usage,
      hint: "Such as: http://127.0.0.1:7070",
    });
  }
  const server = await runningServer(context.settings.dataDir);
  if (named === undefined) return server === null ? null : connectLocally(server.url, values, context);
  const isLocal = server !== null && sameAddress(named, server.url);
  const credentials = credentialsOf(environment);
  if (credentials === null) {
    if (isLocal) return connectLocally(named, values, context);
    throw new CliError(`no credentials for ${named}`, {
      exitCode: EXIT_CODES.usage,
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that this server knows.",
    });
  }
  const region =
    values.region ??
    (environment.AWS_REGION || environment.AWS_DEFAULT_REGION || context.settings["aws.region"]);
  return connection({ endpoint: named, region, credentials }, isLocal);
}

/** As {@link findServer}, and an error with exit code 3 where there is none. */
export async function connect(values: ConnectionValues, context: Context): Promise<Connection> {
  const connection = await findServer(values, context);
  if (connection !== null) return connection;
  throw new CliError(`no server is running on ${context.settings.dataDir}`, {
    exitCode: EXIT_CODES.unreachable,
    hint: "Start one with `firesteel server`, or name one with --endpoint-url.",
  });
}

/** Connects to the server of this data directory, with the administrator's key. */
export async function connectLocally(
  endpoint: string,
  values: ConnectionValues,
  context: Context,
): Promise<Connection> {
  const { settings } = context;
  if (endpoint.startsWith("https:")) await trustAuthority(settings.dataDir);
  const admin = await readAdminEnv(settings.dataDir);
  const credentials = credentialsOf(Object.fromEntries(admin ?? []));
  if (credentials === null) {
    throw new CliError(`${settings.dataDir}/admin.env has no access key`, {
      hint: "The server writes it when it starts: stop it with `firesteel stop` and start it again.",
    });
  }
  const region = values.region ?? admin?.get("AWS_REGION") ?? settings["aws.region"];
  return connection({ endpoint, region, credentials }, true);
}

function connection(target: EmrClientOptions, isLocal: boolean): Connection {
  return { client: new EmrClient(target), target, isLocal };
}

function credentialsOf(variables: Readonly<Record<string, string | undefined>>): Credentials | null {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables;
  if (!accessKeyId || !secretAccessKey) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function sameAddress(one: string, other: string): boolean {
  const origin = (url: string) =>
    URL.canParse(url) ? new URL(url).origin.replace("//localhost", "//127.0.0.1") : url;
  return origin(one) === origin(other);
}
