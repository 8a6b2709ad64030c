import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ReadyFile } from "../../src/cli/machine/ready-file.ts";
import { temporaryDirectory } from "./temporary.ts";
import { waitFor } from "./wait-for.ts";

export const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));
const START_TIMEOUT_MS = 120_000;

export interface EphemeralServer {
  readonly ready: ReadyFile;
  readonly readyFile: string;
  /** Where it makes its data directory, and nobody else anything. */
  readonly temporary: string;
  readonly process: ChildProcess;
  output(): string;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

/** Starts `firesteel server --ephemeral` as a test's own process; ended after the test where that has not done it. */
export async function startEphemeralServer(
  context: TestContext,
  { args = [], environment = {} }: { args?: string[]; environment?: Record<string, string> } = {},
): Promise<EphemeralServer> {
  const temporary = await temporaryDirectory(context);
  const readyFile = join(await temporaryDirectory(context), "ready.json");
  const child = spawn(
    FIRESTEEL,
    ["server", "--ephemeral", "--port", "0", "--ready-file", readyFile, ...args],
    {
      env: {
        ...process.env,
        FIRESTEEL_ENGINE_PROCESS_CLASS_ARCHIVE: "false",
        TMPDIR: temporary,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output += piece));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    return child.exitCode;
  };
  context.after(stop);
  const text = await waitFor(`${readyFile} to be there`, START_TIMEOUT_MS, async () => {
    if (child.exitCode !== null) throw new Error(`the server exited with ${child.exitCode}:\n${output}`);
    return readFile(readyFile, "utf8").catch(() => null);
  });
  // Whole as soon as it is there: no second look.
  return {
    ready: JSON.parse(text) as ReadyFile,
    readyFile,
    temporary,
    process: child,
    output: () => output,
    stop,
  };
}
