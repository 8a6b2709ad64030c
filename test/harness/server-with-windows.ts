/**
 * The server as `src/server.ts` builds it, with ports that a test can hold open: started with one argument, the JSON of
 * {@link ServerWithWindowsOptions}. SIGTERM ends it as it ends `firesteel server`.
 */
import { once } from "node:events";
import type { InstalledRuntime, RuntimeSupport, Runtimes } from "../../src/core/ports/runtimes.ts";
import { localBuckets, localRuntimes, processEngine } from "../../src/machine-adapters.ts";
import { type ServerParts, startServer } from "../../src/server.ts";
import { openStore } from "../../src/store/open-store.ts";
import { localSettings, shellEngine } from "../support/local-server.ts";
import { bucketsWithWindows, engineWithWindows, storeWithWindows } from "./ports-with-windows.ts";
import { Windows } from "./windows.ts";

export interface ServerWithWindowsOptions {
  readonly dataDir: string;
  /** Where tests and this server meet. */
  readonly windows: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The one runtime that there is, whose `java` runs a shell script; null for this machine's own. */
  readonly shellRuntime: InstalledRuntime | null;
}

const options = JSON.parse(process.argv[2] ?? "") as ServerWithWindowsOptions; // the tests write it
const settings = await localSettings(options.dataDir, options.settings);
const windows = new Windows(options.windows);
const { engine, runtimes } = await parts();
const server = await startServer(
  settings,
  {
    version: "test",
    engine: engineWithWindows(engine, windows),
    runtimes,
    buckets: bucketsWithWindows(localBuckets(settings), windows),
    openStore: async (location) => storeWithWindows(await openStore(location), windows),
  },
  { log: (entry) => process.stdout.write(entry), announce: null },
);
await once(process, "SIGTERM");
await server.close();

async function parts(): Promise<Pick<ServerParts, "engine" | "runtimes">> {
  const runtime = options.shellRuntime;
  if (runtime === null) {
    const installed = localRuntimes(settings, process.env);
    return { engine: processEngine(settings, installed, process.env), runtimes: installed };
  }
  const always: Runtimes & RuntimeSupport = {
    resolve: async () => ({ kind: "installed", runtime }),
    supports: async () => true,
    changed: (signal) => once(signal, "abort").then(() => undefined),
  };
  return { engine: shellEngine(options.dataDir, runtime), runtimes: always };
}
