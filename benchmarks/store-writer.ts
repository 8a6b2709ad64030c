/**
 * The embedded store's writer: commits grouped in a worker thread against a commit at a time on the main thread. Both
 * write the same statements to files of their own in one directory, by turns within one run, so that the ratios hold
 * whatever the machine is doing. Run: `node benchmarks/store-writer.ts [directory] [rounds]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { applicationId, effectId, jobRunId } from "../src/core/ids.ts";
import type { Change } from "../src/core/ports/store.ts";
import { statementsFor } from "../src/store/commit.ts";
import { queriesFor } from "../src/store/queries.ts";
import { commitGroup } from "../src/store/sqlite-commit.ts";
import { SqliteConnection } from "../src/store/sqlite-connection.ts";
import { prepareSqliteFile } from "../src/store/sqlite-file.ts";
import { openSqliteStore } from "../src/store/sqlite-store.ts";
import {
  aClientToken,
  aJobRun,
  anApplication,
  anEffect,
  anEvent,
  aVirtualCluster,
} from "../test/support/store-rows.ts";

const ROUND_MS = 1_000;
const IN_FLIGHT = [1, 64];

interface Subject {
  commit(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

interface Measured {
  readonly commitsPerSecond: number;
  readonly longestStallMs: number;
}

let made = 0;

/** What StartJobRun writes. */
function startJobRun(): Change[] {
  const id = `run-${++made}`;
  return [
    { kind: "client-token", row: aClientToken(id) },
    { kind: "job-run", row: aJobRun(jobRunId(id)) },
    { kind: "application", row: anApplication(applicationId(id)) },
    { kind: "effect", effect: anEffect(effectId(id), id) },
    { kind: "event", event: anEvent(id) },
  ];
}

async function worker(directory: string): Promise<Subject> {
  return openSqliteStore({ file: join(directory, "worker.db") });
}

async function mainThread(directory: string): Promise<Subject> {
  const file = join(directory, "main.db");
  await prepareSqliteFile(file);
  const connection = new SqliteConnection(file, { readOnly: false });
  const queries = queriesFor("sqlite");
  return {
    async commit(changes) {
      const [outcome] = commitGroup(connection, [statementsFor(queries, changes)]);
      if (outcome?.kind !== "committed") throw new Error(outcome?.message);
    },
    async close() {
      connection.close();
    },
  };
}

/** Keeps `inFlight` requests going, each in a turn of the event loop of its own, as sockets do. */
async function round(subject: Subject, inFlight: number): Promise<Measured> {
  const start = performance.now();
  const end = start + ROUND_MS;
  let commits = 0;
  const request = async () => {
    while (performance.now() < end) {
      await subject.commit(startJobRun());
      commits++;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const stall = watchStalls(end);
  await Promise.all(Array.from({ length: inFlight }, request));
  const seconds = (performance.now() - start) / 1_000;
  return { commitsPerSecond: commits / seconds, longestStallMs: await stall };
}

/** The longest time in which the event loop did not come round: what another request would have waited. */
async function watchStalls(endMs: number): Promise<number> {
  let longest = 0;
  for (let last = performance.now(); last < endMs; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const [parent = tmpdir(), rounds = "5"] = process.argv.slice(2);
const directory = await mkdtemp(join(parent, "firesteel-store-writer-"));
try {
  const subjects = { worker: await worker(directory), main: await mainThread(directory) };
  for (const subject of Object.values(subjects)) {
    await subject.commit([{ kind: "virtual-cluster", row: aVirtualCluster("cluster") }]);
    await round(subject, 64);
  }
  for (const inFlight of IN_FLIGHT) {
    const measured = { worker: [] as Measured[], main: [] as Measured[] };
    for (let i = 0; i < Number(rounds); i++) {
      measured.main.push(await round(subjects.main, inFlight));
      measured.worker.push(await round(subjects.worker, inFlight));
    }
    const rate = (of: readonly Measured[]) => median(of.map(({ commitsPerSecond }) => commitsPerSecond));
    const stall = (of: readonly Measured[]) => median(of.map(({ longestStallMs }) => longestStallMs));
    const { main, worker } = measured;
    console.log(
      `${inFlight} in flight: worker ${rate(worker).toFixed(0)}/s, main ${rate(main).toFixed(0)}/s ` +
        `(ratio ${(rate(worker) / rate(main)).toFixed(2)}); longest stall worker ${stall(worker).toFixed(1)} ms, ` +
        `main ${stall(main).toFixed(1)} ms (ratio ${(stall(worker) / stall(main)).toFixed(2)})`,
    );
  }
  for (const subject of Object.values(subjects)) await subject.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
