/**
 * Resident memory of a server with 1,000 active runs that were submitted to it at once, drivers in memory, once its
 * timers and its garbage collection have come around. (`recovery.ts` has the same of a server that found them.)
 *
 *   node benchmarks/memory.ts [runs]
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { waitFor } from "../test/support/wait-for.ts";
import { createVirtualCluster, startJobRun } from "./support/calls.ts";
import { startLoadProcess } from "./support/load.ts";
import { residentMegabytes } from "./support/processes.ts";
import { startFiresteel } from "./support/servers.ts";
import type { Call } from "./support/signed.ts";

const TIMEOUT_MS = 300_000;
const REST_MS = 30_000;
const CONNECTIONS = 8;
/** Every run is admitted. */
const ROOM = { "engine.process.cores": "100000", "engine.process.memoryBudget": "100000g" };

const runs = Number(process.argv[2] ?? 1_000);
const directory = await makeTemporaryDirectory();
const client = startLoadProcess();
const server = await startFiresteel(join(directory.path, "data"), ROOM);
try {
  const ask = async (call: Call) =>
    JSON.parse((await client.run({ ...server, connections: 1, calls: [call], total: 1 })).lastBody);
  const idle = await residentMegabytes(server.pid);
  const { id: cluster } = await ask(createVirtualCluster("bench"));
  const calls = Array.from({ length: runs }, () => startJobRun(cluster, randomUUID()));
  await client.run({ ...server, connections: CONNECTIONS, calls, total: runs });
  const notRunning = ["PENDING", "SUBMITTED"].map((state) => `states=${state}`).join("&");
  await waitFor(`${runs} runs to be at work`, TIMEOUT_MS, async () => {
    const { jobRuns } = await ask({
      method: "GET",
      path: `/virtualclusters/${cluster}/jobruns?${notRunning}`,
    });
    return jobRuns.length === 0;
  });
  const busy = await residentMegabytes(server.pid);
  await delay(REST_MS);
  console.log("| the server | resident memory | goal |\n|---|---|---|");
  console.log(`| just started | ${idle.toFixed(0)} MB | |`);
  console.log(`| when ${runs} runs have begun | ${busy.toFixed(0)} MB | |`);
  console.log(
    `| ${REST_MS / 1000} s later | ${(await residentMegabytes(server.pid)).toFixed(0)} MB | ≤ 250 MB |`,
  );
} finally {
  await server.close();
  await client.close();
  await directory.remove();
}
