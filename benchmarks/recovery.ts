/**
 * A server that starts on what an earlier one left: 1,000 active runs, and 1,000,000 that have ended. From the start
 * of its process to its first answer, and until every active run was looked at; and the memory that it holds then.
 * Drivers are in memory, everything else is the real thing.
 *
 *   node benchmarks/recovery.ts [active runs] [ended runs]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ApplicationId } from "../src/core/ids.ts";
import type { Observation } from "../src/core/ports/engine.ts";
import { FakeEngine } from "../src/engines/fake/fake-engine.ts";
import { startFakeEngineServer } from "../test/support/fake-engine-server.ts";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { makeTemplates, multiply } from "./support/fill.ts";

const TIMEOUT_MS = 120_000;
/** For timers and garbage collection to come around before memory is measured. */
const REST_MS = 10_000;

/** What the server's process tells the benchmark's, one line each. */
type Told =
  | { readonly answered: true }
  | { readonly lookedAt: number }
  | { readonly residentMegabytes: number };

/** An engine whose drivers outlived the server: it knows every tag, and counts those that it was asked for. */
class SurvivedEngine extends FakeEngine {
  readonly observed = new Set<ApplicationId>();

  override async observe(tag: ApplicationId): Promise<Observation> {
    this.observed.add(tag);
    return { kind: "running" };
  }
}

/** One life of the server, in a process of its own. */
async function serve(dataDir: string, active: number): Promise<void> {
  const tell = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
  const engine = new SurvivedEngine(Date);
  const server = await startFakeEngineServer(dataDir, {}, engine);
  await server.call("GET", "/virtualclusters");
  tell({ answered: true });
  await waitFor("every active run to be looked at", TIMEOUT_MS, async () => engine.observed.size >= active);
  tell({ lookedAt: engine.observed.size });
  await delay(REST_MS);
  tell({ residentMegabytes: process.memoryUsage.rss() / 1e6 });
  await server.close();
}

async function measure(active: number, ended: number): Promise<void> {
  const directory = await makeTemporaryDirectory();
  try {
    const dataDir = join(directory.path, "data");
    const templates = await makeTemplates(dataDir);
    console.log(
      "| a start with | first answer | all active runs looked at | goal | resident memory | goal |",
    );
    console.log("|---|---|---|---|---|---|");
    await restart(dataDir, 1, "1 active run", "");
    multiply(dataDir, templates.running, active);
    await restart(dataDir, active + 1, `${active} active runs`, "≤ 250 MB");
    const filling = performance.now();
    multiply(dataDir, templates.completed, ended);
    const filledSeconds = Math.round((performance.now() - filling) / 1000);
    await restart(dataDir, active + 1, `${active} active runs and ${ended} ended ones`, "");
    console.log(`\nThe ended runs were written in ${filledSeconds} s, with one event each.`);
  } finally {
    await directory.remove();
  }
}

async function restart(dataDir: string, active: number, what: string, memoryGoal: string): Promise<void> {
  const from = performance.now();
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", dataDir, String(active)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  let answeredMs = Number.NaN;
  let lookedAtMs = Number.NaN;
  let megabytes = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    // Only `serve` above writes there.
    const told = JSON.parse(line) as Told;
    if ("answered" in told) answeredMs = performance.now() - from;
    else if ("lookedAt" in told) lookedAtMs = performance.now() - from;
    else megabytes = told.residentMegabytes;
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`the server's process exited with ${code}`);
  console.log(
    `| ${what} | ${answeredMs.toFixed(0)} ms | ${lookedAtMs.toFixed(0)} ms | ≤ 5000 ms | ${megabytes.toFixed(0)} MB | ${memoryGoal} |`,
  );
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "serve") await serve(rest[0] ?? "", Number(rest[1]));
else await measure(Number(mode ?? 1_000), Number(rest[0] ?? 1_000_000));
