import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { type ServerProcess, startServerProcess } from "./server.ts";
import { temporaryDirectory } from "./temporary.ts";

const execute = promisify(execFile);

/** A program over an unmodified client that is run against a server of its own. */
export interface RecordedScript {
  /** The file that holds what it printed when it was recorded. */
  readonly recorded: string;
  /** Puts its input where the server finds it. */
  readonly prepare?: (server: ServerProcess) => Promise<void>;
  /** The program and its arguments; `directory` is empty, and where it runs. */
  readonly command: (
    directory: string,
  ) => Promise<readonly [string, ...string[]]> | readonly [string, ...string[]];
  /** Beside what clients need to find the server. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Takes out of the output what differs from run to run. */
  readonly normalise: (output: string, server: ServerProcess) => string;
}

/** Runs the script, and holds what it prints against what was recorded. With `RECORD=1` it is recorded. */
export async function assertPrintsWhatWasRecorded(
  context: TestContext,
  script: RecordedScript,
): Promise<void> {
  const directory = await temporaryDirectory(context);
  const server = await startServerProcess(join(directory, "data"), script.settings);
  context.after(() => server.endWithApplications());
  await script.prepare?.(server);
  const [program, ...args] = await script.command(directory);
  const { stdout } = await execute(program, args, {
    cwd: directory,
    maxBuffer: 2 ** 24,
    env: { HOME: directory, PATH: "/usr/bin:/bin", ...script.environment, ...server.clientEnvironment },
  }).catch((error: { stdout?: string; stderr?: string }) => {
    throw new Error(
      `${script.recorded} fails:\n${error.stdout}\n${error.stderr}\nserver:\n${server.output()}`,
    );
  });
  const printed = script.normalise(stdout, server);
  if (process.env.RECORD === "1") await writeFile(script.recorded, printed);
  assert.equal(printed, await readFile(script.recorded, "utf8"));
}
