import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError, hasCode } from "../errors.ts";
import { trustAuthority } from "./authority.ts";
import { processStartedAtMs } from "./process.ts";

/** What a running server says of itself in `DIR/server.json`. */
export interface ServerRecord {
  readonly url: string;
  readonly pid: number;
  readonly startedAtMs: number;
}

/** The clock may be set and /proc counts in hundredths: a start this much later than recorded is still the same. */
const CLOCK_TOLERANCE_MS = 2000;

/**
 * The server that runs on a data directory; null where none does, whatever an old record says. Where it speaks HTTPS this
 * process trusts its authority from now on.
 */
export async function runningServer(dataDir: string): Promise<ServerRecord | null> {
  const record = await readServerRecord(join(dataDir, "server.json"));
  if (record === null) return null;
  const processStart = await processStartedAtMs(record.pid);
  // A pid that was given to another process: that one started after our server had said that it runs.
  if (processStart === null || processStart > record.startedAtMs + CLOCK_TOLERANCE_MS) return null;
  if (record.url.startsWith("https:")) await trustAuthority(dataDir);
  return record;
}

async function readServerRecord(path: string): Promise<ServerRecord | null> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  const record = parseServerRecord(content);
  if (record === null) {
    throw new CliError(`${path} is damaged`, {
      hint: "Remove it; the next start of the server writes it anew.",
    });
  }
  return record;
}

/** Null where the text is no record; `startedAt` may be milliseconds or ISO 8601. */
export function parseServerRecord(content: string): ServerRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { url, pid, startedAt } = value as { url?: unknown; pid?: unknown; startedAt?: unknown };
  const startedAtMs =
    typeof startedAt === "string" || typeof startedAt === "number"
      ? new Date(startedAt).getTime()
      : Number.NaN;
  if (typeof url !== "string" || typeof pid !== "number" || Number.isNaN(startedAtMs)) return null;
  return { url, pid, startedAtMs };
}
