import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { AwsV4Signer } from "aws4fetch";
import type { StartedServer } from "../../src/cli/host.ts";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { dataPaths } from "../../src/cloud/local/data-directory.ts";
import type { RuntimeSupport, Runtimes } from "../../src/core/ports/runtimes.ts";
import { FakeEngine } from "../../src/engines/fake/fake-engine.ts";
import { startServer } from "../../src/server.ts";
import { localSettings } from "./local-server.ts";

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** How a call is signed where not by the administrator and now. */
export interface Signing {
  readonly keyId?: string;
  readonly secret?: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  readonly datetime?: string;
  /** Changes the headers after they were signed. */
  readonly tamper?: (headers: Headers) => void;
}

/** A whole server whose drivers are in memory: from the socket to the disk it is the real thing. */
export interface FakeEngineServer extends StartedServer {
  readonly dataDir: string;
  readonly engine: FakeEngine;
  readonly administrator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A signed call; text is sent as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, signing?: Signing): Promise<Answer>;
}

const RUNTIME = {
  name: "fake",
  sparkVersion: "3.5.9",
  sparkHome: "",
  javaHome: "",
  javaVersion: 17,
  python: "",
};

const RUNTIMES: Runtimes & RuntimeSupport = {
  resolve: async () => ({ kind: "installed", runtime: RUNTIME }),
  supports: async () => true,
  changed: async (signal) => {
    if (!signal.aborted) await once(signal, "abort");
  },
};

export async function startFakeEngineServer(
  dataDir: string,
  different: Readonly<Record<string, string>> = {},
  engine = new FakeEngine(Date),
  log: (entry: string) => void = () => undefined,
): Promise<FakeEngineServer> {
  const settings = await localSettings(dataDir, { "log.level": "silent", ...different });
  const paths = dataPaths(dataDir);
  const buckets = new LocalBuckets({ directory: paths.buckets, samplesDirectory: paths.buckets });
  const parts = { version: "test", engine, runtimes: RUNTIMES, buckets };
  const server = await startServer(settings, parts, { log, announce: null });
  const adminEnv = await readFile(paths.adminEnv, "utf8");
  const variable = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(adminEnv)?.[1] ?? "";
  const administrator = {
    accessKeyId: variable("AWS_ACCESS_KEY_ID"),
    secretAccessKey: variable("AWS_SECRET_ACCESS_KEY"),
  };
  return {
    ...server,
    dataDir,
    engine,
    administrator,
    async call(method, path, body, signing = {}) {
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const { headers } = await new AwsV4Signer({
        url: server.url + path,
        method,
        ...(text === undefined ? {} : { body: text, headers: { "content-type": "application/json" } }),
        accessKeyId: signing.keyId ?? administrator.accessKeyId,
        secretAccessKey: signing.secret ?? administrator.secretAccessKey,
        service: "emr-containers",
        region: "us-east-1",
        ...(signing.datetime === undefined ? {} : { datetime: signing.datetime }),
      }).sign();
      signing.tamper?.(headers);
      const response = await send(server.url + path, method, headers, text);
      const answer = Buffer.concat(await Array.fromAsync<Buffer>(response));
      return { status: response.statusCode ?? 0, body: JSON.parse(answer.toString()) };
    },
  };
}

/** Answers also where the server has answered and hung up before it read the whole body, as it may. */
function send(
  url: string,
  method: string,
  headers: Headers,
  body: string | undefined,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sent = request(url, { method, headers: Object.fromEntries(headers) });
  let problem: unknown = new Error(`${method} ${url} was not answered`);
  sent.on("response", resolve);
  sent.on("error", (error) => {
    problem = error;
  });
  sent.on("close", () => reject(problem));
  sent.end(body);
  return promise;
}
