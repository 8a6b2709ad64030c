/**
 * From the start of the server's process to its first answer, against a process that does nothing, interleaved; and
 * the memory that the idle server holds.
 *
 *   node benchmarks/server-start.ts [rounds]
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { startServerProcess } from "../test/support/server.ts";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { residentMegabytes } from "./support/processes.ts";
import { median, printComparison } from "./support/ratio.ts";

const execute = promisify(execFile);
const IDLE_MS = 5_000;

const rounds = Number(process.argv[2] ?? 7);
const directory = await makeTemporaryDirectory();
const ours: number[] = [];
const peer: number[] = [];
const resident: number[] = [];
try {
  for (let round = 0; round <= rounds; round += 1) {
    const emptyFrom = performance.now();
    await execute(process.execPath, ["-e", ""]);
    const emptyMs = performance.now() - emptyFrom;
    const from = performance.now();
    const server = await startServerProcess(join(directory.path, "data"), { FIRESTEEL_LOG_LEVEL: "warn" });
    const startMs = performance.now() - from;
    if (round === rounds) await delay(IDLE_MS);
    resident.push(await residentMegabytes(server.pid));
    await server.stop();
    // The first start makes the data directory and fills Node's compile cache.
    if (round === 0) console.log(`first start, with an empty data directory: ${startMs.toFixed(0)} ms`);
    else {
      ours.push(startMs);
      peer.push(emptyMs);
    }
  }
  console.log("| | Firesteel | `node -e ''` | ratio | goal |\n|---|---|---|---|---|");
  printComparison({
    what: "start to first answer",
    ours: median(ours),
    peer: median(peer),
    unit: "ms",
    goal: "≤ 500 ms",
  });
  console.log(`resident memory, idle: ${resident.at(-1)?.toFixed(0)} MB (goal ≤ 120 MB)`);
} finally {
  await directory.remove();
}
