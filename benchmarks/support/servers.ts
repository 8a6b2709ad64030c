import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { testPython } from "../../test/support/runtime.ts";
import type { Credentials } from "./signed.ts";

export interface ServerUnderLoad {
  readonly url: string;
  readonly credentials: Credentials;
  readonly pid: number;
  close(): Promise<void>;
}

/** The newest on 2026-11-22. */
const MOTO = "moto[server]==5.2.5";
const ANY_CREDENTIALS = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "moto does not look" };

/** As bin/firesteel starts it. */
const NODE_OPTIONS = ["--max-semi-space-size=8", "--v8-pool-size=2"];

/** Firesteel with drivers in memory, on a data directory that may be there already. */
export async function startFiresteel(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<ServerUnderLoad> {
  const script = join(import.meta.dirname, "firesteel-process.ts");
  return started(process.execPath, [
    ...NODE_OPTIONS,
    ...nodeOptions,
    script,
    dataDir,
    JSON.stringify(settings),
  ]);
}

/** moto's own server, whose threads serve one connection each; it verifies no signature and keeps all in memory. */
export async function startMoto(): Promise<ServerUnderLoad> {
  return started(await testPython([MOTO]), [join(import.meta.dirname, "moto_server.py")]);
}

/** A route that answers these bytes and does nothing else, on Firesteel's own HTTP library. */
export async function startBareFastify(
  body: string,
  path = "/virtualclusters/:virtualClusterId/jobruns/:id",
): Promise<ServerUnderLoad> {
  return started(process.execPath, [
    ...NODE_OPTIONS,
    join(import.meta.dirname, "bare-fastify.ts"),
    body,
    path,
  ]);
}

/** Starts a program that says where it listens in its first line of output and ends with its standard input. */
async function started(command: string, argv: readonly string[]): Promise<ServerUnderLoad> {
  const child = spawn(command, argv, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const { url, credentials = ANY_CREDENTIALS } = JSON.parse(await firstLine(child, exited));
  return {
    url,
    credentials,
    pid: child.pid ?? 0,
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

async function firstLine(child: ChildProcess, exited: Promise<unknown[]>): Promise<string> {
  if (child.stdout === null) throw new Error("the program was started without a pipe");
  const line = once(createInterface({ input: child.stdout }), "line");
  const [said] = await Promise.race([line, exited]);
  if (typeof said !== "string") throw new Error(`the program ended with ${said}`);
  return said;
}
