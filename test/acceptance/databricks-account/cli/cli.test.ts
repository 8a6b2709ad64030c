import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { formsOf } from "../../../support/browser.ts";
import { type ServerProcess, startServerProcess } from "../../../support/server.ts";
import { temporaryDirectory } from "../../../support/temporary.ts";
import { waitFor } from "../../../support/wait-for.ts";
import { normalise } from "../normalise.ts";

/**
 * What the vendor's command line (and Terraform's provider) sends, in its order and with its headers: the program itself
 * is in no package registry. `sequences.jsonl` says of each request where it is known from: a recording of the real
 * program, or what is known of it; `<name>` stands for what differs from server to server.
 */
interface Sent {
  readonly command: string;
  readonly source: string;
  /** `BROWSER` opens the page, and a person logs in there. */
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MS = 240_000;
const RECORDED = join(import.meta.dirname, "output.txt");

test("what the databricks command line sends is answered as recorded", { timeout: TIMEOUT_MS }, async (t) => {
  const server = await startServerProcess(join(await temporaryDirectory(t), "data"));
  t.after(() => server.endWithApplications());
  const known = await knownValues(server);
  const lines = (await readFile(join(import.meta.dirname, "sequences.jsonl"), "utf8")).trimEnd().split("\n");
  const printed: string[] = [];
  let command = "";
  for (const line of lines) {
    const sent = JSON.parse(line) as Sent; // a file of this repository
    if (sent.command !== command) printed.push(`# ${sent.command}`);
    command = sent.command;
    const answer = await (sent.method === "BROWSER" ? logIn : send)(server, sent, known);
    learn(sent, answer, known);
    const query = sent.query === "" || sent.method === "BROWSER" ? "" : `?${sent.query}`;
    printed.push(
      `${sent.method} ${sent.path}${query}`,
      `  ${answer.status} ${JSON.stringify(shown(answer.body))}`,
    );
  }
  const output = normalise(`${printed.join("\n")}\n`, server)
    .replaceAll(known.get("workspace-url") ?? "", "<workspace-url>")
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "<another-url>")
    .replaceAll(/dbc-[0-9a-f]{8}-[0-9a-f]{4}/g, "<deployment>");
  if (process.env.RECORD === "1") await writeFile(RECORDED, output);
  assert.equal(output, await readFile(RECORDED, "utf8"));
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function knownValues(server: ServerProcess): Promise<Map<string, string>> {
  const environment = server.clientEnvironment;
  const verifier = randomBytes(32).toString("base64url");
  const known = new Map(
    Object.entries({
      account: environment.DATABRICKS_ACCOUNT_ID ?? "",
      pat: environment.DATABRICKS_TOKEN ?? "",
      client: btoa(`${environment.DATABRICKS_CLIENT_ID}:${environment.DATABRICKS_CLIENT_SECRET}`),
      exec: randomUUID(),
      state: randomBytes(16).toString("base64url"),
      verifier,
      challenge: createHash("sha256").update(verifier).digest("base64url"),
    }),
  );
  const make = async (collection: string, body: object) => {
    const sent = { method: "POST", path: `/api/2.0/accounts/<account>/${collection}`, query: "" };
    const headers = { Authorization: "Bearer <pat>" };
    const answer = await send(server, { ...sent, headers, body: JSON.stringify(body) }, known);
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return Object(answer.body);
  };
  const { credentials_id } = await make("credentials", {
    credentials_name: "role",
    aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/role" } },
  });
  const { storage_configuration_id } = await make("storage-configurations", {
    storage_configuration_name: "root",
    root_bucket_info: { bucket_name: "root-bucket" },
  });
  const parts = { credentials_id, storage_configuration_id };
  const workspace = { workspace_name: "Sales", deployment_name: "sales", aws_region: "us-west-2", ...parts };
  const { workspace_id, workspace_url } = await make("workspaces", workspace);
  known.set("storage", storage_configuration_id);
  known.set("workspace", String(workspace_id));
  known.set("workspace-url", workspace_url);
  const get = {
    method: "GET",
    path: `/api/2.0/accounts/<account>/workspaces/${workspace_id}`,
    query: "",
    body: "",
  };
  await waitFor("the workspace to run", TIMEOUT_MS, async () => {
    const { body } = await send(server, { ...get, headers: { Authorization: "Bearer <pat>" } }, known);
    return Object(body).workspace_status === "RUNNING";
  });
  return known;
}

type Request = Omit<Sent, "command" | "source">;

/** Sends exactly these headers, beside Host and what frames the body. */
async function send(
  server: ServerProcess,
  sent: Request,
  known: ReadonlyMap<string, string>,
): Promise<Answer> {
  const answer = await exchange(
    urlOf(server, sent, known),
    sent.method,
    filled(sent.headers, known),
    fill(sent.body, known),
  );
  const body = await text(answer);
  return { status: answer.statusCode ?? 0, body: body === "" ? "" : JSON.parse(body) };
}

/** Opens the authorization server's page as a browser, logs in there, and answers where the browser is sent. */
async function logIn(
  server: ServerProcess,
  sent: Request,
  known: ReadonlyMap<string, string>,
): Promise<Answer> {
  const url = urlOf(server, sent, known);
  const page = await exchange(url, "GET", {}, "");
  const [form] = formsOf(await text(page));
  assert.ok(form, `a page with a form at ${sent.path}`);
  const cookie = (page.headers["set-cookie"] ?? []).map((line) => line.split(";", 1)[0]).join("; ");
  const { DATABRICKS_USERNAME = "", DATABRICKS_PASSWORD = "" } = server.clientEnvironment;
  const filledIn = { ...form.fields, user_name: DATABRICKS_USERNAME, password: DATABRICKS_PASSWORD };
  const headers = { "content-type": "application/x-www-form-urlencoded", cookie, origin: url.origin };
  const answer = await exchange(
    new URL(form.action, url),
    "POST",
    headers,
    String(new URLSearchParams(filledIn)),
  );
  const location = new URL(answer.headers.location ?? assert.fail(await text(answer)));
  assert.equal(location.origin, "http://localhost:8020");
  assert.equal(location.searchParams.get("state"), known.get("state"));
  return { status: answer.statusCode ?? 0, body: { code: location.searchParams.get("code") } };
}

function urlOf(server: ServerProcess, { path, query }: Request, known: ReadonlyMap<string, string>): URL {
  const there = fill(query === "" ? path : `${path}?${query}`, known);
  return new URL(there, server.url);
}

async function exchange(
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sending = request(url, { method, headers }, resolve).on("error", reject);
  sending.end(body === "" ? undefined : body);
  return promise;
}

function fill(template: string, known: ReadonlyMap<string, string>): string {
  return template.replace(
    /<([a-z-]+)>/g,
    (_, name: string) => known.get(name) ?? assert.fail(`no <${name}> yet`),
  );
}

function filled(
  headers: Readonly<Record<string, string>>,
  known: ReadonlyMap<string, string>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, known)]));
}

/** Keeps what later requests are to name. */
function learn({ body }: Sent, answer: Answer, known: Map<string, string>): void {
  const { code, access_token, refresh_token, credentials_id, network_id } = Object(answer.body);
  const keep = (name: string, value: unknown) => typeof value === "string" && known.set(name, value);
  keep("code", code);
  keep(body.includes("client_credentials") ? "program-token" : "user-token", access_token);
  if (refresh_token !== undefined) keep("refresh-token-before", known.get("refresh-token"));
  keep("refresh-token", refresh_token);
  keep("credentials", credentials_id);
  keep("network", network_id);
}

const SECRETS: ReadonlySet<string> = new Set(["code", "access_token", "refresh_token"]);
/** What the client reads of an authorization server's metadata (databricks-account-api.md A4). */
const METADATA = ["issuer", "authorization_endpoint", "token_endpoint"];

/** An answer without what differs from run to run, and what no client reads. */
function shown(body: unknown): unknown {
  const isMetadata = Object(body).token_endpoint !== undefined;
  const members = isMetadata ? Object.fromEntries(METADATA.map((name) => [name, Object(body)[name]])) : body;
  return JSON.parse(
    JSON.stringify(members, (name, value) => {
      if (SECRETS.has(name)) return `<${name}>`;
      // In the order of their ids, which are random.
      if (Array.isArray(value))
        return value.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)));
      return name === "creation_time" ? 0 : value;
    }),
  );
}

function nameOf(member: unknown): string {
  const { display, display_name, principal } = Object(member);
  return String(display ?? display_name ?? Object(principal).display_name ?? "");
}
