import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Settings } from "../../../config/settings.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import type { Host } from "../../host.ts";
import { endApplications } from "../../machine/end-applications.ts";

/** A data directory for as long as a server runs. */
export interface EphemeralDirectory {
  readonly settings: Settings;
  readonly host: Host;
  /** Ends every driver and removes the directory; once its server is closed. */
  remove(): Promise<void>;
  /** Does the same for servers that were killed; answers their directories. */
  removeAbandoned(): Promise<readonly string[]>;
}

const PREFIX = "firesteel-ephemeral-";
/** A server that is starting, or about to be gone, has its directory and nothing in it that says so. */
const IN_BETWEEN_MS = 60_000;

/** Settings that say where state is kept: an ephemeral server keeps its own. */
const STATE_SETTINGS = ["dataDir", "database.url"] as const;

/**
 * Makes a temporary data directory. What the environment or a file says of the place of the usual server's state does
 * not count here; what the command line says is refused, since it cannot be meant.
 */
export async function ephemeralDirectory({
  loaded,
  settings: usual,
  hostFor,
}: Context): Promise<EphemeralDirectory> {
  for (const name of STATE_SETTINGS) {
    const source = loaded.sources[name];
    if (source.kind !== "flag") continue;
    throw new CliError(`--ephemeral has a data directory of its own and cannot be used with ${source.flag}`, {
      exitCode: EXIT_CODES.usage,
      hint: "Leave one of the two out.",
    });
  }
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  const settings: Settings = { ...usual, dataDir, "database.url": "", "server.allowReset": true };
  const host = hostFor(settings);
  return {
    settings,
    host,
    remove: () => removeAll(host, dataDir),
    async removeAbandoned() {
      const removed: string[] = [];
      for (const name of await readdir(tmpdir())) {
        const other = join(tmpdir(), name);
        if (!name.startsWith(PREFIX) || other === dataDir || !(await mayBeAbandoned(other))) continue;
        const theirs = hostFor({ ...settings, dataDir: other });
        // The lock that a server holds for as long as it lives, in whatever container that is.
        const held = await theirs.tryHold();
        if (held === null) continue;
        try {
          await removeAll(theirs, other);
          removed.push(other);
        } finally {
          held.release();
        }
      }
      return removed;
    },
  };
}

async function removeAll(host: Host, dataDir: string): Promise<void> {
  try {
    // Nobody waits for what these drivers would still do.
    await endApplications(host, 0);
  } finally {
    // A driver's child that is just ending may still write.
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Whether it is this user's directory, of a server that had started. */
async function mayBeAbandoned(directory: string): Promise<boolean> {
  const found = await lstat(directory).catch(() => null);
  if (found?.isDirectory() !== true || found.uid !== process.getuid?.()) return false;
  const record = await lstat(join(directory, "server.json")).catch(() => null);
  return record !== null || Date.now() - found.mtimeMs > IN_BETWEEN_MS;
}
