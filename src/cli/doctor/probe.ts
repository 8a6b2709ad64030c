import { execFile } from "node:child_process";
import { access, constants, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "../../config/machine.ts";
import { hasCode, messageOf } from "../errors.ts";
import type { Tool } from "../host.ts";
import type { DirectoryFacts, PythonFacts } from "./judge.ts";

const execute = promisify(execFile);
const TOOL_TIMEOUT_MS = 20_000;
const ADDRESS_TIMEOUT_MS = 5_000;

/** Asks a directory, or the nearest ancestor that exists, whether it takes files. */
export async function probeDirectory(path: string): Promise<DirectoryFacts> {
  let existing = path;
  let mode: number | null = null;
  for (; ; existing = dirname(existing)) {
    try {
      const found = await stat(existing);
      if (!found.isDirectory())
        return { path, problem: `${existing} is not a directory`, mode: null, freeBytes: 0 };
      if (existing === path) mode = found.mode & 0o777;
      break;
    } catch (error) {
      if (!hasCode(error, "ENOENT") || existing === dirname(existing)) {
        return { path, problem: messageOf(error), mode: null, freeBytes: 0 };
      }
    }
  }
  const problem = await access(existing, constants.W_OK | constants.X_OK).then(() => null, messageOf);
  const { bavail, bsize } = await statfs(existing);
  return { path, problem, mode, freeBytes: bavail * bsize };
}

/** Null where the port is free; else why it cannot be listened on. */
export function probePort(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve(hasCode(error, "EADDRINUSE") ? "another program listens on it" : messageOf(error)),
    );
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Whether a URL leads to a workspace, or to an account where it is null. No credentials are sent: whoever has the address
 * may be anybody.
 */
export async function leadsTo(url: string, workspace: string | null): Promise<boolean> {
  try {
    const response = await fetch(`${url}/.well-known/databricks-config`, {
      signal: AbortSignal.timeout(ADDRESS_TIMEOUT_MS),
    });
    const answer: unknown = await response.json();
    const found = typeof answer === "object" && answer !== null && "workspace_id" in answer;
    return response.ok && (found ? answer.workspace_id === workspace : workspace === null);
  } catch {
    // Whatever the reason: it does not answer as this server would, and that is what the check tells.
    return false;
  }
}

/** Whether an interpreter has the modules that Debian splits off. */
export async function probePython(python: Tool, environment: Environment): Promise<PythonFacts> {
  const has = (modules: string) => succeeds(python.path, ["-c", `import ${modules}`], environment);
  // `venv` is there without `ensurepip` on Debian, and cannot make a usable environment then.
  const [hasVenv, hasPip] = await Promise.all([has("venv, ensurepip"), has("pip")]);
  return { ...python, hasVenv, hasPip };
}

async function succeeds(file: string, args: readonly string[], environment: Environment): Promise<boolean> {
  return execute(file, args, { env: environment, timeout: TOOL_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );
}
