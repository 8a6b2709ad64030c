/**
 * The server as `src/server.ts` builds it, which kills itself by SIGKILL before or after something that the provisioner
 * does: started with one argument, the JSON of {@link MortalServerOptions}. SIGTERM ends it as it ends `firesteel server`.
 */
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import type { Buckets } from "../../src/core/ports/buckets.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import { localBuckets, localRuntimes, processEngine } from "../../src/machine-adapters.ts";
import { startServer } from "../../src/server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { localSettings } from "../support/local-server.ts";

export interface MortalServerOptions {
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, string>>;
  /** A file with the number of moments that the server lives through, counted once it is there. */
  readonly deathFile: string;
}

const options = JSON.parse(process.argv[2] ?? "") as MortalServerOptions; // the tests write it
/** Moments that are left to live; null while nothing counts them. */
let left: number | null = null;

const settings = await localSettings(options.dataDir, options.settings);
const runtimes = localRuntimes(settings, process.env);
const server = await startServer(
  settings,
  {
    version: "test",
    engine: processEngine(settings, runtimes, process.env),
    runtimes,
    buckets: mortalBuckets(localBuckets(settings)),
    openStore: async (location) => mortalStore(await openStore(location)),
  },
  { log: (entry) => process.stdout.write(entry), announce: null },
);
await once(process, "SIGTERM");
await server.close();

function moment(): void {
  left ??= momentsLeft();
  if (left === 0) process.kill(process.pid, "SIGKILL");
  if (left !== null) left -= 1;
}

/** Read once: the next server on this data directory is not to die of it too. */
function momentsLeft(): number | null {
  try {
    const text = readFileSync(options.deathFile, "utf8");
    rmSync(options.deathFile);
    return Number(text);
  } catch (error) {
    if (Object(error).code === "ENOENT") return null;
    throw error;
  }
}

async function between<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  moment();
  const answer = await work();
  moment();
  return answer;
}

function mortalStore(store: Store): Store {
  return {
    ...store,
    commit: (changes) =>
      isOfProvisioner(changes) ? between(() => store.commit(changes)) : store.commit(changes),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

/** The changes of a workspace that nobody asked for. */
function isOfProvisioner(changes: readonly Change[]): boolean {
  return changes.some(
    (change) =>
      change.kind === "event" &&
      change.event.subject.kind === "workspace" &&
      Object(change.event.detail).by === null,
  );
}

/** A workspace's part of its root bucket is all that is made in buckets here. */
function mortalBuckets(buckets: Buckets): Buckets {
  return {
    exists: (bucket) => buckets.exists(bucket),
    create: (bucket) => between(() => buckets.create(bucket)),
    list: () => buckets.list(),
    listObjects: (bucket, prefix) => buckets.listObjects(bucket, prefix),
    stat: (bucket, key) => buckets.stat(bucket, key),
    read: (bucket, key, startByte) => buckets.read(bucket, key, startByte),
    put: (bucket, key, body) => between(() => buckets.put(bucket, key, body)),
    appendAt: (bucket, key, sizeBytes, bytes) => buckets.appendAt(bucket, key, sizeBytes, bytes),
    move: (bucket, key, newKey) => buckets.move(bucket, key, newKey),
    delete: (bucket, key) => between(() => buckets.delete(bucket, key)),
  };
}
