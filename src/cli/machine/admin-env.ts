import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../errors.ts";

/** Variables of `DIR/admin.env` in the file's order; null where no server has written one yet. */
export async function readAdminEnv(dataDir: string): Promise<ReadonlyMap<string, string> | null> {
  try {
    return parseShellAssignments(await readFile(join(dataDir, "admin.env"), "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Reads `KEY=value` lines of shell syntax; values may be bare, in single or in double quotes. */
export function parseShellAssignments(content: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of content.split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined) variables.set(match[1], unquote(match[2] ?? ""));
  }
  return variables;
}

/** A value as a POSIX shell reads it back unchanged. */
export function quoteForShell(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function unquote(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("'\\''", "'");
  if (/^".*"$/.test(value)) return value.slice(1, -1).replace(/\\(["\\$`])/g, "$1");
  return value;
}
