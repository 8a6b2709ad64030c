import type { Scope, VirtualClusterId } from "../core/ids.ts";
import { JOB_RUN_STATES, type JobRun, type JobRunState } from "../core/job-run/job-run.ts";
import type { Change, Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { newestOf, pageBounds, pageOf, statesToWalk } from "./paging.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { JobRunTable } from "./schema.ts";

export function jobRuns(database: Database): Store["jobRuns"] {
  const { queries } = database;
  /** The cluster's id where the scope owns it: indexes need not repeat account and region. */
  const ownedCluster = (scope: Scope, cluster: VirtualClusterId) =>
    queries
      .selectFrom("virtual_clusters as owned")
      .select("owned.id")
      .where("owned.id", "=", cluster)
      .where("owned.account", "=", scope.account)
      .where("owned.region", "=", scope.region);

  return {
    async get(scope, cluster, id) {
      const { account, region } = scope;
      const query = jobRunOfCluster(queries, { id, virtual_cluster_id: cluster, account, region });
      const row = await readOne(database, query);
      return row && jobRunOf(row);
    },
    async byId(id) {
      const row = await readOne(database, jobRunById(queries, { id }));
      return row && jobRunOf(row);
    },
    async list(scope, cluster, filter, page) {
      const walk = (state: JobRunState | null) => {
        let rows = queries
          .selectFrom("job_runs")
          .select(["id", "created_at_ms"])
          .where("virtual_cluster_id", "=", ownedCluster(scope, cluster));
        if (filter.name !== undefined) rows = rows.where("name", "=", filter.name);
        if (state !== null) rows = rows.where("state", "=", state);
        for (const bound of pageBounds(filter, page)) rows = rows.where(bound);
        return rows;
      };
      // The index by name has the state in front of the time.
      const states = statesToWalk(filter.states, filter.name === undefined ? null : JOB_RUN_STATES);
      const rows = await database.read(
        queries
          .selectFrom(newestOf(queries, states.map(walk), page).as("newest"))
          .innerJoin("job_runs", "job_runs.id", "newest.id")
          .selectAll("job_runs")
          .orderBy("newest.created_at_ms", "desc")
          .orderBy("newest.id", "desc"),
      );
      return pageOf(rows, page, jobRunOf);
    },
    async count(cluster, states, most) {
      const row = await readOne(database, countQuery(queries, cluster, states, most ?? null));
      return row?.count ?? 0;
    },
  };
}

function countQuery(
  queries: Queries,
  cluster: VirtualClusterId,
  states: readonly JobRunState[],
  most: number | null,
) {
  let runs = queries
    .selectFrom("job_runs")
    .select("job_runs.id")
    .where("job_runs.virtual_cluster_id", "=", cluster)
    .where("job_runs.state", "in", states);
  if (most !== null) runs = runs.limit(most);
  return queries.selectFrom(runs.as("counted")).select(({ fn }) => fn.countAll<number>().as("count"));
}

/** Holds the cluster's row as it is until the commit: an update that changes nothing is a lock that both databases know. */
export function jobRunsBelowStatement(
  queries: Queries,
  { cluster, states, limit }: Extract<Change, { kind: "job-runs-below" }>,
): Statement {
  return statement(
    queries
      .updateTable("virtual_clusters")
      .set(({ ref }) => ({ version: ref("version") }))
      .where("id", "=", cluster)
      .where(countQuery(queries, cluster, states, limit), "<", limit),
    `virtual cluster ${cluster} has ${limit} job runs or more in ${states.join(", ")}`,
  );
}

const jobRunById = prepared((queries, { id }: Pick<JobRunTable, "id">) =>
  queries.selectFrom("job_runs").selectAll().where("id", "=", id),
);

type JobRunKey = Pick<JobRunTable, "id" | "virtual_cluster_id" | "account" | "region">;

const jobRunOfCluster = prepared((queries, key: JobRunKey) =>
  queries
    .selectFrom("job_runs")
    .selectAll()
    .where("id", "=", key.id)
    .where("virtual_cluster_id", "=", key.virtual_cluster_id)
    .where("account", "=", key.account)
    .where("region", "=", key.region),
);

const insertJobRun = prepared((queries, row: JobRunTable) => queries.insertInto("job_runs").values(row));

export function jobRunStatement(queries: Queries, run: JobRun): Statement {
  const changing = {
    state: run.state,
    state_details: run.stateDetails,
    failure_reason: run.failureReason,
    cancel_requested_at_ms: run.cancelRequestedAtMs,
    tags: toJsonText(run.tags),
    finished_at_ms: run.finishedAtMs,
    version: run.version + 1,
  };
  if (run.version === 0) {
    return statement(
      insertJobRun(queries, {
        id: run.id,
        account: run.account,
        region: run.region,
        virtual_cluster_id: run.virtualClusterId,
        name: run.request.name,
        request: toJsonText(run.request),
        client_token: run.clientToken,
        created_by: run.createdBy,
        created_at_ms: run.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries.updateTable("job_runs").set(changing).where("id", "=", run.id).where("version", "=", run.version),
    `job run ${run.id} is no longer at version ${run.version}`,
  );
}

function jobRunOf(row: JobRunTable): JobRun {
  return {
    id: row.id,
    account: row.account,
    region: row.region,
    virtualClusterId: row.virtual_cluster_id,
    request: fromJsonText(row.request),
    clientToken: row.client_token,
    createdBy: row.created_by,
    state: row.state,
    stateDetails: row.state_details,
    failureReason: row.failure_reason,
    cancelRequestedAtMs: row.cancel_requested_at_ms,
    tags: fromJsonText(row.tags),
    createdAtMs: row.created_at_ms,
    finishedAtMs: row.finished_at_ms,
    version: row.version,
  };
}
