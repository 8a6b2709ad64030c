import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import { CliError, hasCode } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { type Authority, askToken, type TokenAnswer } from "./authority.ts";

/** The vendor's own, which every server has (databricks-account-api.md A6). */
export const CLIENT_ID = "databricks-cli";
/** Where the vendor's CLI listens for the answer: the first of them that is free. */
export const PORTS: readonly number[] = Array.from({ length: 21 }, (_, index) => 8020 + index);
const SCOPE = "all-apis offline_access";

export interface SignIn {
  readonly authority: Authority;
  /** Shows the person where to log in. */
  readonly show: (url: string) => Promise<void>;
  /** The browser comes back to the first of these that is free. */
  readonly ports: readonly number[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Lets somebody log in with their browser, and asks for their tokens (RFC 8252, RFC 7636). Throws where they do not, or
 * not in time.
 */
export async function signInByBrowser({
  authority,
  show,
  ports,
  timeoutMs,
  signal,
}: SignIn): Promise<TokenAnswer> {
  const [verifier, state] = [randomBytes(48), randomBytes(16)].map((bytes) => bytes.toString("base64url"));
  if (verifier === undefined || state === undefined) throw new Error("two were drawn");
  const { servers, port } = await listen(ports);
  try {
    const redirectUri = `http://localhost:${port}`;
    const answered = answerOf(
      servers,
      redirectUri,
      AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    );
    const url = new URL(authority.authorizationEndpoint);
    const parameters = {
      response_type: "code",
      client_id: CLIENT_ID,
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const [answer] = await Promise.all([answered, show(url.href)]);
    return await askToken(authority, {
      grant_type: "authorization_code",
      client_id: CLIENT_ID,
      code: codeOf(answer, state, authority),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
  } finally {
    end(servers);
  }
}

/** Throws where the answer is a refusal, or is none to what was asked. */
function codeOf(answer: URLSearchParams, state: string, { host, issuer }: Authority): string {
  const given = Buffer.from(answer.get("state") ?? "");
  const expected = Buffer.from(state);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new CliError("the browser came back from another sign-in than this one", {
      hint: "Run the command again, and use the page that it opens.",
    });
  // RFC 9207: an answer of another server's must not get this one's code out.
  const by = answer.get("iss");
  if (by !== null && by !== issuer)
    throw new CliError(`the browser came back from ${by}, not from ${issuer}`);
  const error = answer.get("error");
  if (error !== null)
    throw new CliError(`${host} refuses to sign in: ${answer.get("error_description") ?? error}`);
  const code = answer.get("code");
  if (code === null) throw new CliError("the browser came back without a code");
  return code;
}

/** The first request that is an answer; browsers also ask for icons. */
function answerOf(servers: readonly Server[], origin: string, signal: AbortSignal): Promise<URLSearchParams> {
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  const listener: RequestListener = (request, response) => {
    const url = URL.parse(request.url ?? "", origin);
    const isAnswer = url?.pathname === "/" && (url.searchParams.has("code") || url.searchParams.has("error"));
    response.setHeader("connection", "close").setHeader("content-type", "text/plain; charset=utf-8");
    if (url === null || request.method !== "GET" || !isAnswer) {
      response.writeHead(404).end("There is nothing here.\n");
      return;
    }
    const text = url.searchParams.has("error")
      ? "You are not signed in. The command line says why.\n"
      : "The command line goes on. You can close this page.\n";
    response.end(text, () => resolve(url.searchParams));
  };
  for (const server of servers) server.on("request", listener);
  const stop = () =>
    reject(
      new CliError("nobody has logged in", {
        exitCode: signal.reason?.name === "TimeoutError" ? EXIT_CODES.failed : EXIT_CODES.interrupted,
        hint: "Run the command again; --timeout gives more time.",
      }),
    );
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", stop));
}

interface Listener {
  readonly port: number;
  readonly servers: readonly Server[];
}

/** At the first free port, at every address that `localhost` may be. */
async function listen(ports: readonly number[]): Promise<Listener> {
  for (const port of ports) {
    const tries = await Promise.all(["127.0.0.1", "::1"].map((address) => listenAt(address, port)));
    const servers = tries.filter((each) => typeof each === "object");
    if (servers.length > 0 && !tries.includes("taken")) return { servers, port };
    end(servers);
  }
  const [first, last] = [ports[0], ports.at(-1)];
  throw new CliError(
    first === last ? `port ${first} is taken` : `the ports ${first} to ${last} are all taken`,
    {
      hint: "The browser comes back to it: end what has it, or name another with DATABRICKS_OAUTH_CALLBACK_PORT.",
    },
  );
}

function listenAt(address: string, port: number): Promise<Server | "taken" | "no such address"> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<Server | "taken" | "no such address">();
  server.once("error", (error) => {
    if (hasCode(error, "EADDRINUSE")) resolve("taken");
    // A machine without IPv6.
    else if (hasCode(error, "EADDRNOTAVAIL") || hasCode(error, "EAFNOSUPPORT")) resolve("no such address");
    else reject(error);
  });
  server.listen(port, address, () => resolve(server));
  return promise;
}

function end(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}
