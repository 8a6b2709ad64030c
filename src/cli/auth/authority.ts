import { notOurs, readJson, unreachable } from "../answers.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** What a host says of itself (databricks-account-api.md A1, A4). */
export interface Authority {
  /** The host's URL, without a path. */
  readonly host: string;
  readonly accountId: string | null;
  /** Null for an account's host. */
  readonly workspaceId: string | null;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string | null;
}

/** What a token endpoint answers (RFC 6749 5.1). */
export interface TokenAnswer {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number;
}

const TIMEOUT_MS = 30_000;

type Members = Readonly<Record<string, unknown>>;

/** @param named a host as people write it: one without a scheme is behind TLS, as in the SDKs */
export function hostOf(named: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(named) ? named : `https://${named}`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.origin;
  throw new CliError(`${named} is not an address of a server`, {
    exitCode: EXIT_CODES.usage,
    hint: "Such as: http://127.0.0.1:7070",
  });
}

/**
 * Asks a host where to sign in. Throws where it is an account's and no account is known.
 * @param accountId for a host that serves several accounts
 */
export async function discover(host: string, accountId: string | null): Promise<Authority> {
  const about = await getJson(`${host}/.well-known/databricks-config`);
  const account = accountId ?? textOf(about, "account_id");
  const endpoint = textOf(about, "oidc_endpoint");
  if (endpoint === null) throw noOAuth(host);
  if (endpoint.includes("{account_id}") && account === null) {
    throw new CliError(`${host} does not say which account is meant`, {
      exitCode: EXIT_CODES.usage,
      hint: "Give its id with --account-id.",
    });
  }
  const oidc = endpoint.replace("{account_id}", account ?? "");
  const server = await getJson(`${oidc}/.well-known/oauth-authorization-server`);
  const [authorizationEndpoint, tokenEndpoint] = ["authorization_endpoint", "token_endpoint"].map((name) =>
    textOf(server, name),
  );
  if (!authorizationEndpoint || !tokenEndpoint) throw noOAuth(host);
  return {
    host,
    accountId: account,
    workspaceId: textOf(about, "workspace_id"),
    issuer: textOf(server, "issuer") ?? oidc,
    authorizationEndpoint,
    tokenEndpoint,
    revocationEndpoint: textOf(server, "revocation_endpoint"),
  };
}

/** Asks a token endpoint. Throws with its own words where it refuses. */
export async function askToken(
  { host, tokenEndpoint }: Authority,
  form: Readonly<Record<string, string>>,
  client: { readonly id: string; readonly secret: string } | null = null,
): Promise<TokenAnswer> {
  const response = await postForm(host, tokenEndpoint, form, client);
  const answer = membersOf(await readJson(response));
  if (!response.ok) {
    const reason = textOf(answer, "error_description") ?? textOf(answer, "error") ?? response.statusText;
    throw new CliError(`${host} refuses to sign in: ${reason}`);
  }
  const accessToken = textOf(answer, "access_token");
  if (accessToken === null) throw notOurs(response);
  return {
    accessToken,
    refreshToken: textOf(answer, "refresh_token"),
    expiresInSeconds: Number(answer.expires_in ?? 3600),
  };
}

export async function postForm(
  host: string,
  url: string,
  form: Readonly<Record<string, string>>,
  client: { readonly id: string; readonly secret: string } | null = null,
): Promise<Response> {
  // RFC 6749 2.3.1 has both encoded as a form's values are.
  const pair = client === null ? "" : [client.id, client.secret].map(encodeURIComponent).join(":");
  return send(host, url, {
    method: "POST",
    body: new URLSearchParams(form),
    ...(client !== null && { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } }),
  });
}

export async function send(host: string, url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw unreachable(host, error);
  }
}

async function getJson(url: string): Promise<Members> {
  const response = await send(new URL(url).origin, url, {});
  const answer = membersOf(await readJson(response));
  if (response.ok) return answer;
  throw noOAuth(new URL(url).origin);
}

function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function textOf(members: Members, name: string): string | null {
  const value = members[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function noOAuth(host: string): CliError {
  return new CliError(`${host} says nowhere how to sign in`, {
    exitCode: EXIT_CODES.unreachable,
    hint: "Is it the URL of an account's server or of a workspace, without a path?",
  });
}
