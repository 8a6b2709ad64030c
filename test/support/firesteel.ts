import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const FIRESTEEL = fileURLToPath(new URL("../../bin/firesteel", import.meta.url));

const TIMEOUT_MS = 120_000;

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a process of its own, to its end; `user` makes it somebody else's where this one is root. */
export async function firesteel(
  args: readonly string[],
  options: { readonly environment?: Readonly<Record<string, string>>; readonly user?: number } = {},
): Promise<Outcome> {
  const child = spawn(FIRESTEEL, args, {
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
  });
  // A server that was to be refused would run on.
  const deadline = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (piece: string) => {
      output[name] += piece;
    });
  const [exitCode] = (await once(child, "close")) as [number | null];
  clearTimeout(deadline);
  return { exitCode, ...output };
}
