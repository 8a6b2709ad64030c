import { DatabaseSync } from "node:sqlite";
import { dataPaths } from "../../src/cloud/local/data-directory.ts";
import type { ApplicationId } from "../../src/core/ids.ts";
import { type FakeEngineServer, startFakeEngineServer } from "../../test/support/fake-engine-server.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { createVirtualCluster, describeJobRun, startJobRun } from "./calls.ts";

const TIMEOUT_MS = 120_000;

export interface Templates {
  readonly cluster: string;
  readonly running: string;
  readonly completed: string;
}

/** Makes a data directory with one run that goes on and one that has ended, by the API; answers their ids. */
export async function makeTemplates(dataDir: string): Promise<Templates> {
  const server = await startFakeEngineServer(dataDir);
  try {
    const { path, body } = createVirtualCluster("bench");
    const cluster = String((await server.call("POST", path, body)).body.id);
    const completed = await startRun(server, cluster, "completed");
    // The fake engine names its drivers by their tags, which for a first attempt are the runs' ids.
    server.engine.finish(completed as ApplicationId, { code: 0 });
    await reaches(server, cluster, completed, "COMPLETED");
    return { cluster, completed, running: await startRun(server, cluster, "running") };
  } finally {
    await server.close();
  }
}

async function startRun(server: FakeEngineServer, cluster: string, clientToken: string): Promise<string> {
  const { path, body } = startJobRun(cluster, clientToken);
  const id = String((await server.call("POST", path, body)).body.id);
  await reaches(server, cluster, id, "RUNNING");
  return id;
}

async function reaches(server: FakeEngineServer, cluster: string, run: string, state: string): Promise<void> {
  await waitFor(`run ${run} to be ${state}`, TIMEOUT_MS, async () => {
    const { body } = await server.call("GET", describeJobRun(cluster, run).path);
    return Object(body.jobRun).state === state;
  });
}

/** SQL for columns of the n-th copy; `n` and `copy`, which is its id, are there. */
type Columns = Readonly<Record<string, string>>;

/** The columns of each table that must differ between runs, and what they are for the n-th copy of a run. */
const COPIED: Readonly<Record<string, { readonly of: string; readonly columns: Columns }>> = {
  job_runs: { of: "id", columns: { id: "copy", client_token: "copy" } },
  applications: { of: "owner_id", columns: { id: "copy", owner_id: "copy" } },
  client_tokens: { of: "resource_id", columns: { token: "copy", resource_id: "copy" } },
  log_deliveries: { of: "application_id", columns: { application_id: "copy" } },
  events: {
    of: "cursor = (select max(cursor) from events) and subject_id",
    columns: { cursor: "cursor + n", subject_id: "copy" },
  },
};

/**
 * Copies a run's rows within the database, which no server has open.
 * @param jobRun what else differs between the copies of the job run's own row
 */
export function multiply(dataDir: string, run: string, copies: number, jobRun: Columns = {}): void {
  const database = new DatabaseSync(dataPaths(dataDir).database);
  try {
    // A benchmark's file may be lost.
    database.exec("pragma synchronous = off");
    database.exec("begin");
    for (const [table, { of, columns: needed }] of Object.entries(COPIED)) {
      const columns = table === "job_runs" ? { ...jobRun, ...needed } : needed;
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
