import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AwsV4Signer } from "aws4fetch";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { endDrivers } from "../support/server.ts";
import { waitFor } from "../support/wait-for.ts";
import type { ServerWithWindowsOptions } from "./server-with-windows.ts";
import { Windows } from "./windows.ts";

const PROGRAM = fileURLToPath(new URL("./server-with-windows.ts", import.meta.url));
const START_TIMEOUT_MS = 120_000;

export interface KillableServerOptions {
  /** Holds the data directory and the windows. */
  readonly directory: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly shellRuntime: InstalledRuntime | null;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server in a process of its own that is killed and started again on one data directory. */
export class KillableServer {
  readonly dataDir: string;
  readonly windows: Windows;
  readonly #options: ServerWithWindowsOptions;
  #child: ChildProcess | null = null;
  #url = "";
  #credentials = { accessKeyId: "", secretAccessKey: "" };
  #output = "";

  constructor(options: KillableServerOptions) {
    this.dataDir = join(options.directory, "data");
    const windows = join(options.directory, "windows");
    this.windows = new Windows(windows);
    const { settings = {}, shellRuntime } = options;
    this.#options = { dataDir: this.dataDir, windows, settings, shellRuntime };
  }

  /** Starts it, and waits until it accepts requests. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(this.#options)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    this.#output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece) => {
        this.#output += piece;
      });
    this.#url = await waitFor("the server to accept requests", START_TIMEOUT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the server exited:\n${this.#output}`);
      const text = await readFile(join(this.dataDir, "server.json"), "utf8").catch(() => "null");
      // Written by src/server.ts.
      const record = JSON.parse(text) as { url: string; pid: number } | null;
      if (record?.pid !== child.pid || record === null) return null;
      const answer = await fetch(`${record.url}/readyz`).catch(() => null);
      return answer?.status === 200 ? record.url : null;
    });
    const environment = await readFile(join(this.dataDir, "admin.env"), "utf8");
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(environment)?.[1] ?? "";
    this.#credentials = {
      accessKeyId: value("AWS_ACCESS_KEY_ID"),
      secretAccessKey: value("AWS_SECRET_ACCESS_KEY"),
    };
  }

  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<number | null> {
    return this.#end("SIGKILL");
  }

  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  /** Ends the server where it runs, and every driver that it has left. */
  async endWithApplications(): Promise<void> {
    await this.windows.open();
    await this.#end("SIGTERM");
    await endDrivers(this.dataDir);
  }

  /** Everything that this start has written so far. */
  output(): string {
    return this.#output;
  }

  /** A signed call. Rejects where no answer comes, as when the signal cuts the connection. */
  async call(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content = text === undefined ? {} : { body: text, headers: { "content-type": "application/json" } };
    const signed = await new AwsV4Signer({
      url: `${this.#url}${path}`,
      method,
      ...content,
      ...this.#credentials,
      service: "emr-containers",
      region: "us-east-1",
    }).sign();
    const answer = await fetch(signed.url, {
      method,
      headers: signed.headers,
      ...(text === undefined ? {} : { body: text }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer["body"] }; // every answer is an object
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill(signal);
      await exited;
    }
    this.#child = null;
    return child.exitCode;
  }
}
