import { type SqlBool, sql } from "kysely";
import type { Scope, VirtualClusterId } from "../core/ids.ts";
import type { Store } from "../core/ports/store.ts";
import {
  NAME_HOLDING_STATES,
  VIRTUAL_CLUSTER_STATES,
  type VirtualCluster,
  type VirtualClusterState,
} from "../core/virtual-cluster/virtual-cluster.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { newestOf, pageBounds, pageOf, statesToWalk } from "./paging.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { VirtualClusterTable } from "./schema.ts";

// Literals, not parameters: SQLite uses a partial index only where it can see the index's own condition.
const HOLDS_ITS_NAME = sql<SqlBool>`state in (${sql.join(NAME_HOLDING_STATES.map((state) => sql.lit(state)))})`;

export function virtualClusters(database: Database): Store["virtualClusters"] {
  const { queries } = database;
  const inScope = (scope: Scope) =>
    queries
      .selectFrom("virtual_clusters")
      .selectAll()
      .where("account", "=", scope.account)
      .where("region", "=", scope.region);

  return {
    async get(scope, id) {
      const { account, region } = scope;
      const row = await readOne(database, virtualClusterByKey(queries, { account, region, id }));
      return row && virtualClusterOf(row);
    },
    async holdingName(scope, name) {
      const row = await readOne(database, inScope(scope).where("name", "=", name).where(HOLDS_ITS_NAME));
      return row && virtualClusterOf(row);
    },
    async holdingNamespace(scope, eksClusterId, namespace) {
      const holder = inScope(scope)
        .where("eks_cluster_id", "=", eksClusterId)
        .where("namespace", "=", namespace)
        .where(HOLDS_ITS_NAME);
      const row = await readOne(database, holder);
      return row && virtualClusterOf(row);
    },
    async list(scope, filter, page) {
      const walk = (state: VirtualClusterState | null) => {
        let rows = queries
          .selectFrom("virtual_clusters")
          .select(["id", "created_at_ms"])
          .where("account", "=", scope.account)
          .where("region", "=", scope.region);
        if (filter.eksClusterId !== undefined) rows = rows.where("eks_cluster_id", "=", filter.eksClusterId);
        if (state !== null) rows = rows.where("state", "=", state);
        for (const bound of pageBounds(filter, page)) rows = rows.where(bound);
        return rows;
      };
      // The index by EKS cluster has the state in front of the time.
      const states = statesToWalk(
        filter.states,
        filter.eksClusterId === undefined ? null : VIRTUAL_CLUSTER_STATES,
      );
      const rows = await database.read(
        queries
          .selectFrom(newestOf(queries, states.map(walk), page).as("newest"))
          .innerJoin("virtual_clusters", "virtual_clusters.id", "newest.id")
          .selectAll("virtual_clusters")
          .orderBy("newest.created_at_ms", "desc")
          .orderBy("newest.id", "desc"),
      );
      return pageOf(rows, page, virtualClusterOf);
    },
    async emptied(activeStates, limit) {
      const rows = await database.read(
        queries
          .selectFrom("virtual_clusters")
          .selectAll()
          // A literal for the same reason as above.
          .where("state", "=", sql.lit("TERMINATING"))
          .where(({ exists, not, selectFrom }) =>
            not(
              exists(
                selectFrom("job_runs")
                  .select("job_runs.id")
                  .whereRef("job_runs.virtual_cluster_id", "=", "virtual_clusters.id")
                  .where("job_runs.state", "in", activeStates),
              ),
            ),
          )
          .orderBy("created_at_ms")
          .orderBy("id")
          .limit(limit),
      );
      return rows.map(virtualClusterOf);
    },
  };
}

type VirtualClusterKey = Pick<VirtualClusterTable, "account" | "region" | "id">;

const virtualClusterByKey = prepared((queries, key: VirtualClusterKey) =>
  queries
    .selectFrom("virtual_clusters")
    .selectAll()
    .where("account", "=", key.account)
    .where("region", "=", key.region)
    .where("id", "=", key.id),
);

export function virtualClusterStatement(queries: Queries, cluster: VirtualCluster): Statement {
  const changing = {
    state: cluster.state,
    tags: toJsonText(cluster.tags),
    terminated_at_ms: cluster.terminatedAtMs,
    max_concurrent_job_runs: cluster.limits.maxConcurrentJobRuns,
    max_in_queue_job_runs: cluster.limits.maxInQueueJobRuns,
    version: cluster.version + 1,
  };
  if (cluster.version === 0) {
    return statement(
      queries.insertInto("virtual_clusters").values({
        id: cluster.id,
        account: cluster.account,
        region: cluster.region,
        name: cluster.name,
        eks_cluster_id: cluster.eksClusterId,
        namespace: cluster.namespace,
        created_at_ms: cluster.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("virtual_clusters")
      .set(changing)
      .where("id", "=", cluster.id)
      .where("version", "=", cluster.version),
    `virtual cluster ${cluster.id} is no longer at version ${cluster.version}`,
  );
}

const touchVirtualCluster = prepared(
  (queries, { id, version }: Pick<VirtualClusterTable, "id" | "version">) =>
    queries
      .updateTable("virtual_clusters")
      .set({ version })
      .where("id", "=", id)
      .where("version", "=", version),
);

export function virtualClusterUnchangedStatement(
  queries: Queries,
  id: VirtualClusterId,
  version: number,
): Statement {
  return statement(
    touchVirtualCluster(queries, { id, version }),
    `virtual cluster ${id} is no longer at version ${version}`,
  );
}

function virtualClusterOf(row: VirtualClusterTable): VirtualCluster {
  return {
    id: row.id,
    account: row.account,
    region: row.region,
    name: row.name,
    state: row.state,
    eksClusterId: row.eks_cluster_id,
    namespace: row.namespace,
    limits: {
      maxConcurrentJobRuns: row.max_concurrent_job_runs,
      maxInQueueJobRuns: row.max_in_queue_job_runs,
    },
    tags: fromJsonText(row.tags),
    createdAtMs: row.created_at_ms,
    terminatedAtMs: row.terminated_at_ms,
    version: row.version,
  };
}
