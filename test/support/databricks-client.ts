import { readFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { join } from "node:path";
import { readAdminEnv } from "../../src/cli/machine/admin-env.ts";
import { waitFor } from "./wait-for.ts";

const TIMEOUT_MS = 120_000;

export interface ClientRequest {
  readonly method?: string;
  readonly body?: object;
  /** The administrator's by default; null sends none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly json: Record<string, unknown>;
}

export interface DatabricksClient {
  readonly account: string;
  /** A URL's host name leads to this machine, whatever it is; HTTPS trusts the data directory's authority alone. */
  send(url: string, request?: ClientRequest): Promise<ClientAnswer>;
  /** Makes a workspace with this name and deployment name, and waits until it runs; answers what the API says of it. */
  createWorkspace(name: string): Promise<Record<string, unknown>>;
  getWorkspace(id: unknown): Promise<Record<string, unknown>>;
  /** `workspaces.update` with nothing changed; waits until it runs. */
  updateWorkspace(id: unknown): Promise<Record<string, unknown>>;
}

/** Calls a running server as its administrator. */
export async function databricksClient(server: { url: string; dataDir: string }): Promise<DatabricksClient> {
  const admin = await readAdminEnv(server.dataDir);
  const account = admin?.get("DATABRICKS_ACCOUNT_ID") ?? "";
  const token = admin?.get("DATABRICKS_TOKEN") ?? "";
  const ca = await readFile(join(server.dataDir, "tls", "authority.pem"), "utf8").catch(() => undefined);
  const send: DatabricksClient["send"] = (url, asked = {}) =>
    answerTo(url, ca, { ...asked, token: asked.token === undefined ? token : asked.token });
  const at = (path: string) => `${server.url}/api/2.0/accounts/${account}/${path}`;
  const make = async (path: string, body: object) => {
    const { status, json } = await send(at(path), { method: "POST", body });
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  };
  const getWorkspace = async (id: unknown) => (await send(at(`workspaces/${id}`))).json;
  const runs = (id: unknown) =>
    waitFor(`workspace ${id} to run`, TIMEOUT_MS, async () => {
      const found = await getWorkspace(id);
      return found.workspace_status === "RUNNING" ? found : null;
    });
  return {
    account,
    send,
    getWorkspace,
    async createWorkspace(name) {
      const { credentials_id } = await make("credentials", {
        credentials_name: name,
        aws_credentials: { sts_role: { role_arn: "arn:aws:iam::123456789012:role/r" } },
      });
      const { storage_configuration_id } = await make("storage-configurations", {
        storage_configuration_name: name,
        root_bucket_info: { bucket_name: `root-${name}` },
      });
      const { workspace_id } = await make("workspaces", {
        workspace_name: name,
        deployment_name: name,
        aws_region: "us-west-2",
        credentials_id,
        storage_configuration_id,
      });
      return runs(workspace_id);
    },
    async updateWorkspace(id) {
      const { status, json } = await send(at(`workspaces/${id}`), { method: "PATCH", body: {} });
      if (status !== 200) throw new Error(`PATCH: ${status} ${JSON.stringify(json)}`);
      return runs(id);
    },
  };
}

/** Names resolve to this machine. */
const here: LookupFunction = (_name, options, done) =>
  options.all === true ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);

function answerTo(url: string, ca: string | undefined, asked: ClientRequest): Promise<ClientAnswer> {
  const { method = "GET", body, token, headers } = asked;
  const { protocol, hostname } = new URL(url);
  const options = {
    method,
    agent: false as const,
    timeout: TIMEOUT_MS,
    headers: {
      ...(token != null && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(isIP(hostname.replace(/^\[|\]$/g, "")) === 0 && hostname !== "localhost" && { lookup: here }),
  };
  return new Promise((resolve, reject) => {
    const request =
      protocol === "https:" ? requestHttps(url, { ...options, ca: ca ?? [] }) : requestHttp(url, options);
    request.once("error", reject);
    request.once("timeout", () => request.destroy(new Error(`${url} does not answer`)));
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.once("end", () => {
        try {
          const json = text === "" ? {} : (JSON.parse(text) as ClientAnswer["json"]);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
        } catch {
          reject(new Error(`${url} answered ${response.statusCode}: ${text}`));
        }
      });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
