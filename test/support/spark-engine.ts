import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { LaunchRequest } from "../../src/core/ports/engine.ts";
import { ProcessEngine } from "../../src/engines/process/process-engine.ts";
import { ended, readLog } from "../contract/engine.ts";
import { javaHelpers, samplesDirectory, sparkRuntime } from "./runtime.ts";
import { temporaryDirectory } from "./temporary.ts";
import { waitFor } from "./wait-for.ts";

const SUPERVISOR = fileURLToPath(new URL("../../drivers/supervisor/supervise.py", import.meta.url));
export const TIMEOUT_MS = 240_000;
export const BUCKET = "lake";

/** The process engine with real Spark, and one bucket that holds the programs given by name. */
export async function openSparkEngine(context: TestContext, programs: Readonly<Record<string, string>> = {}) {
  const engines: ProcessEngine[] = [];
  // Hooks run in their order: the drivers end before their directory is removed.
  context.after(() => Promise.all(engines.map(endDrivers)));
  const directory = await temporaryDirectory(context);
  const bucket = join(directory, "buckets", BUCKET);
  await mkdir(bucket, { recursive: true });
  const shared = join(directory, "shared");
  await mkdir(shared);
  for (const [name, text] of Object.entries(programs)) await writeFile(join(bucket, name), text);
  const engine = new ProcessEngine({
    runsDirectory: join(directory, "runs"),
    instance: directory,
    bucketsDirectory: join(directory, "buckets"),
    samplesDirectory,
    supervisorScript: SUPERVISOR,
    helperJars: [join(javaHelpers, "firesteel-hadoop.jar")],
    fileRoots: [shared],
    passEnvironment: {},
    isolation: {
      sandbox: "auto",
      network: "host",
      hidden: [directory],
      bucketsOf: async () => [BUCKET],
      limits: {
        memoryOverheadBytes: 2 ** 30,
        processes: 4096,
        fileBytes: 2 ** 30,
        runDiskBytes: 2 ** 30,
        logBytes: 2 ** 26,
      },
    },
    resolveRuntime: sparkRuntime,
    pollIntervalMs: 100,
    clock: Date,
  });
  engines.push(engine);
  return {
    engine,
    /** The folder of the bucket, and one of this machine that jobs may name. */
    bucket,
    shared,
    /** Runs a program to its end. */
    async run(request: LaunchRequest) {
      const { tag } = request;
      await engine.launch(request);
      const exit = await ended(engine, tag, TIMEOUT_MS);
      const [stdout, stderr, submitter] = await Promise.all([
        readLog(engine, tag, "driver", "stdout"),
        readLog(engine, tag, "driver", "stderr"),
        readLog(engine, tag, "submitter", "stdout"),
      ]);
      return { exit, stdout, stderr, submitter };
    },
  };
}

async function endDrivers(engine: ProcessEngine): Promise<void> {
  for await (const tag of engine.list()) await engine.kill(tag, 0);
  await waitFor("the drivers to be gone", TIMEOUT_MS, async () => (await engine.processes()).length === 0);
}
