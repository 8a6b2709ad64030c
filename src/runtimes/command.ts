import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Variables of a child process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Gets each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A command that ended badly; the message has its last lines. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

const KEPT_LINES = 40;
const TOLD_LINES = 5;

/**
 * Runs a command to its end and answers its stdout. Throws {@link CommandError} where it cannot start or ends with
 * another code than 0, and the signal's reason where it was aborted.
 */
export async function runCommand(
  file: string,
  commandArguments: readonly string[],
  options: CommandOptions,
): Promise<string> {
  options.signal?.throwIfAborted();
  const child = spawn(file, commandArguments, {
    env: { ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    signal: options.signal,
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`),
    );
  });
  const stdout: string[] = [];
  const last: string[] = [];
  const follow = async (stream: Readable, kept: string[] | null) => {
    for await (const line of createInterface({ input: stream })) {
      kept?.push(line);
      last.push(line);
      if (last.length > KEPT_LINES) last.shift();
      options.onLine?.(line);
    }
  };
  await Promise.all([follow(child.stdout, stdout), follow(child.stderr, null)]);
  const failure = await ended;
  options.signal?.throwIfAborted();
  if (failure !== null) throw new CommandError(`${file}: ${failure}${reasonIn(last)}`);
  return stdout.join("\n");
}

/** The lines that say why: pip marks them, other programs end with them. */
function reasonIn(lines: readonly string[]): string {
  const marked = lines.filter((line) => /^\s*(ERROR|error)\b/.test(line));
  const told = (marked.length > 0 ? marked : lines.filter((line) => line.trim() !== "")).slice(-TOLD_LINES);
  return told.length === 0 ? "" : `: ${told.map((line) => line.trim()).join("; ")}`;
}
