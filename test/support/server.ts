import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isAlive } from "../../src/engines/process/process-identity.ts";
import type { SupervisorRecord } from "../../src/engines/process/records.ts";
import { signalIfAlive } from "../../src/engines/process/stragglers.ts";
import { waitFor } from "./wait-for.ts";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const START_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 60_000;

export interface ServerProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What `admin.env` holds: enough for every client. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** What ended it; null while it runs. */
  ended(): NodeJS.Signals | number | null;
  /** Ends the server and every driver that it has left. */
  endWithApplications(): Promise<void>;
  /** Everything that it has written so far. */
  output(): string;
}

/**
 * Starts a real server on a free port as a process of its own; the caller ends it.
 *
 * @param command what is started in place of `firesteel server`
 */
export async function startServerProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  [program, ...args]: readonly [string, ...string[]] = [
    FIRESTEEL,
    "server",
    "--port",
    "0",
    "--data-dir",
    dataDir,
  ],
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    // A training run beside the tests' drivers would only slow them down.
    env: { ...process.env, FIRESTEEL_ENGINE_PROCESS_CLASS_ARCHIVE: "false", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      output += piece;
    });

  const record = await waitFor(`the server on ${dataDir} to answer`, START_TIMEOUT_MS, async () => {
    const ended = child.signalCode ?? child.exitCode;
    if (ended !== null) throw new Error(`the server ended by ${ended}:\n${output}`);
    const text = await readFile(join(dataDir, "server.json"), "utf8").catch(() => null);
    const parsed = text === null ? null : (JSON.parse(text) as { url: string; pid: number });
    if (parsed === null || parsed.pid !== child.pid) return null;
    return (await isReady(parsed.url, dataDir)) ? parsed : null;
  }).catch((error: unknown) => {
    // Nobody has got anything by which to end it.
    child.kill("SIGKILL");
    throw error;
  });
  const adminEnv = await readFile(join(dataDir, "admin.env"), "utf8");
  return {
    url: record.url,
    dataDir,
    pid: record.pid,
    clientEnvironment: Object.fromEntries(
      adminEnv.split("\n").flatMap((line) => {
        const match = /^([A-Z_]+)='?(.*?)'?$/.exec(line);
        return match?.[1] === undefined ? [] : [[match[1], match[2] ?? ""]];
      }),
    ),
    stop: () => end(child, "SIGTERM"),
    kill: async () => void (await end(child, "SIGKILL")),
    ended: () => child.signalCode ?? child.exitCode,
    endWithApplications: async () => {
      await end(child, "SIGTERM");
      await endDrivers(dataDir);
    },
    output: () => output,
  };
}

/** Whether the server accepts requests; by HTTPS it is known by the authority of its data directory. */
async function isReady(url: string, dataDir: string): Promise<boolean> {
  if (url.startsWith("http:")) return (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
  const ca = await readFile(join(dataDir, "tls", "authority.pem"), "utf8").catch(() => null);
  if (ca === null) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  get(`${url}/readyz`, { ca }, (answer) => resolve(answer.resume().statusCode === 200)).on("error", () =>
    resolve(false),
  );
  return promise;
}

/** Ends the supervisors that a data directory's runs name; each ends its driver, and is waited for. */
export async function endDrivers(dataDir: string): Promise<void> {
  for (const run of await readdir(join(dataDir, "runs")).catch(() => [])) {
    const text = await readFile(join(dataDir, "runs", run, "supervisor.json"), "utf8").catch(() => null);
    if (text === null) continue;
    const { pid, startTime } = JSON.parse(text) as SupervisorRecord; // as records.ts says
    if (!(await isAlive(pid, startTime))) continue;
    signalIfAlive(pid, "SIGTERM");
    await waitFor(
      `supervisor ${pid} to end its driver`,
      END_TIMEOUT_MS,
      async () => !(await isAlive(pid, startTime)),
    );
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
