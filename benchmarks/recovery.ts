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
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { dataPaths } from "../src/cloud/local/data-directory.ts";
import type { ApplicationId } from "../src/core/ids.ts";
import type { Observation } from "../src/core/ports/engine.ts";
import { FakeEngine } from "../src/engines/fake/fake-engine.ts";
import { type FakeEngineServer, startFakeEngineServer } from "../test/support/fake-engine-server.ts";
import { makeTemporaryDirectory } from "../test/support/temporary.ts";
import { waitFor } from "../test/support/wait-for.ts";

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

interface Templates {
  readonly running: string;
  readonly completed: string;
}

/** Makes a data directory with one run that goes on and one that has ended, by the API; answers their ids. */
async function makeTemplates(dataDir: string): Promise<Templates> {
  const server = await startFakeEngineServer(dataDir);
  try {
    const { body } = await server.call("POST", "/virtualclusters", {
      name: "recovery",
      clientToken: "recovery",
      containerProvider: { type: "EKS", id: "eks", info: { eksInfo: { namespace: "recovery" } } },
    });
    const path = `/virtualclusters/${body.id}/jobruns`;
    const completed = await startRun(server, path, "completed");
    // The fake engine names its drivers by their tags, which for a first attempt are the runs' ids.
    server.engine.finish(completed as ApplicationId, { code: 0 });
    await reaches(server, path, completed, "COMPLETED");
    return { completed, running: await startRun(server, path, "running") };
  } finally {
    await server.close();
  }
}

async function startRun(server: FakeEngineServer, path: string, clientToken: string): Promise<string> {
  const { body } = await server.call("POST", path, {
    clientToken,
    name: clientToken,
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://bucket/job.py",
        entryPointArguments: ["s3://bucket/input", "s3://bucket/output"],
        sparkSubmitParameters: "--conf spark.executor.instances=2 --conf spark.executor.memory=2G",
      },
    },
    configurationOverrides: {
      monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://logs/prefix" } },
    },
  });
  const id = String(body.id);
  await reaches(server, path, id, "RUNNING");
  return id;
}

async function reaches(server: FakeEngineServer, path: string, run: string, state: string): Promise<void> {
  await waitFor(`run ${run} to be ${state}`, TIMEOUT_MS, async () => {
    const { body } = await server.call("GET", `${path}/${run}`);
    return Object(body.jobRun).state === state;
  });
}

/** The columns of each table that must differ between runs, and what they are for the n-th copy of a run. */
const COPIED: Readonly<
  Record<string, { readonly of: string; readonly columns: Readonly<Record<string, string>> }>
> = {
  job_runs: { of: "id", columns: { id: "copy", client_token: "copy" } },
  applications: { of: "owner_id", columns: { id: "copy", owner_id: "copy" } },
  client_tokens: { of: "resource_id", columns: { token: "copy", resource_id: "copy" } },
  log_deliveries: { of: "application_id", columns: { application_id: "copy" } },
  events: {
    of: "cursor = (select max(cursor) from events) and subject_id",
    columns: { cursor: "cursor + n", subject_id: "copy" },
  },
};

/** Copies a run's rows within the database, which no server has open. */
function multiply(dataDir: string, run: string, copies: number): void {
  const database = new DatabaseSync(dataPaths(dataDir).database);
  try {
    // A benchmark's file may be lost.
    database.exec("pragma synchronous = off");
    database.exec("begin");
    for (const [table, { of, columns }] of Object.entries(COPIED)) {
      const names = database.prepare(`select name from pragma_table_info('${table}')`).all();
      const values = names.map(({ name }) => columns[String(name)] ?? String(name));
      const list = names.map(({ name }) => name).join(", ");
      database
        .prepare(
          `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ?)
           insert into ${table} (${list})
           select ${values.join(", ")}
           from (select n, printf('%s%07d', substr(?1, 1, 12), n) as copy from numbers), ${table}
           where ${of} = ?1`.replace("n < ?)", "n < ?2)"),
        )
        .run(run, copies);
    }
    database.exec("update event_counters set last_cursor = (select max(cursor) from events)");
    database.exec("commit");
  } finally {
    database.close();
  }
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "serve") await serve(rest[0] ?? "", Number(rest[1]));
else await measure(Number(mode ?? 1_000), Number(rest[0] ?? 1_000_000));
