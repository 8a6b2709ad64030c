import { type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { progressName } from "../core/account-object/log-delivery.ts";
import type { AccountId, ApplicationId, JobRunId } from "../core/ids.ts";
import type { ClientTokenKey, Store } from "../core/ports/store.ts";
import { type Database, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";
import type { Schema } from "./schema.ts";

export function retention(database: Database): Store["retention"] {
  const { queries } = database;
  return {
    async endedRuns(beforeMs, after, limit) {
      let ended = queries
        .selectFrom("job_runs")
        .select(["id", "finished_at_ms"])
        .where("finished_at_ms", "<", beforeMs);
      if (after !== null)
        ended = ended.where(sql<SqlBool>`(finished_at_ms, id) > (${after.endedAtMs}, ${after.id})`);
      const rows = await database.read(ended.orderBy("finished_at_ms").orderBy("id").limit(limit));
      return Promise.all(
        rows.map(async ({ id, finished_at_ms }) => ({
          id,
          endedAtMs: finished_at_ms ?? 0,
          applications: await applicationsOf(database, id),
        })),
      );
    },
    async agedEvents(beforeMs, limit) {
      const counters = await database.read(queries.selectFrom("event_counters").select("account"));
      const found = await Promise.all(
        counters.map(async ({ account }) => {
          const oldest = queries
            .selectFrom("events")
            .select(["cursor", "at_ms"])
            .where("account", "=", account)
            .orderBy("cursor")
            .limit(limit);
          // Up to the first that is younger: a clock that was set back leaves later ones for later.
          const rows = await database.read(oldest);
          const young = rows.findIndex(({ at_ms }) => at_ms >= beforeMs);
          const aged = young < 0 ? rows : rows.slice(0, young);
          const last = aged.at(-1);
          return last === undefined ? [] : [{ account, throughCursor: last.cursor, count: aged.length }];
        }),
      );
      return found.flat();
    },
    async agedClientTokens(beforeMs, limit) {
      return database.read(
        queries
          .selectFrom("client_tokens")
          .select(["account", "region", "operation", "token"])
          .where("created_at_ms", "<", beforeMs)
          .orderBy("created_at_ms")
          .limit(limit),
      );
    },
  };
}

async function applicationsOf(
  database: Database,
  run: JobRunId,
): Promise<{ id: ApplicationId; node: string }[]> {
  const query = database.queries.selectFrom("applications").select(["id", "node"]).where(isOf(run));
  return (await database.read(query)).map(({ id, node }) => ({ id, node }));
}

/** A run's applications by the form of their ids (core/ids.ts): `RUN`, `RUN-2`, `RUN-3`; a walk of the primary key. */
function isOf(run: JobRunId) {
  return (eb: ExpressionBuilder<Schema, "applications">) =>
    eb.and([
      eb("applications.id", ">=", run as string as ApplicationId),
      // `.` is the character behind `-`.
      eb("applications.id", "<", `${run}.` as ApplicationId),
      eb("applications.owner_id", "=", run),
    ]);
}

/** Removes a run and what belongs to it alone. Each statement asks anew whether the run has ended. */
export function jobRunRemovedStatements(queries: Queries, id: JobRunId): Statement[] {
  const ended = queries
    .selectFrom("job_runs")
    .select("job_runs.id")
    .where("job_runs.id", "=", id)
    .where("job_runs.finished_at_ms", "is not", null);
  const tags = queries
    .selectFrom("applications")
    .select("applications.id")
    .where(isOf(id))
    .where("applications.owner_id", "in", ended);
  const token = queries
    .selectFrom("job_runs")
    .select("job_runs.client_token")
    .where("job_runs.id", "=", id)
    .where("job_runs.finished_at_ms", "is not", null);
  const run = queries.selectFrom("job_runs").where("job_runs.id", "=", id);
  return [
    // A token that outlived its run would promise an answer that nobody can give.
    statement(
      queries
        .deleteFrom("client_tokens")
        .where("client_tokens.account", "=", run.select("job_runs.account"))
        .where("client_tokens.region", "=", run.select("job_runs.region"))
        .where("operation", "=", "StartJobRun")
        .where("token", "=", token)
        .where("resource_id", "=", id),
    ),
    statement(queries.deleteFrom("log_deliveries").where("application_id", "in", tags)),
    statement(queries.deleteFrom("effects").where("application_id", "in", tags)),
    statement(queries.deleteFrom("applications").where("id", "in", tags)),
    statement(queries.deleteFrom("job_runs").where("id", "=", id).where("finished_at_ms", "is not", null)),
  ];
}

export function historyServerRemovedStatements(queries: Queries, id: ApplicationId): Statement[] {
  const ended = queries
    .selectFrom("applications")
    .select("applications.id")
    .where("applications.id", "=", id)
    .where("owner_kind", "=", "history-server")
    .where("ended_at_ms", "is not", null);
  return [
    statement(queries.deleteFrom("log_deliveries").where("application_id", "in", ended)),
    statement(queries.deleteFrom("effects").where("application_id", "in", ended)),
    statement(
      queries
        .deleteFrom("applications")
        .where("id", "=", id)
        .where("owner_kind", "=", "history-server")
        .where("ended_at_ms", "is not", null),
    ),
  ];
}

export function clientTokenRemovedStatement(queries: Queries, key: ClientTokenKey): Statement {
  return statement(
    queries
      .deleteFrom("client_tokens")
      .where("account", "=", key.account)
      .where("region", "=", key.region)
      .where("operation", "=", key.operation)
      .where("token", "=", key.token),
  );
}

/** The counter stays, so that no cursor is given twice. */
export function eventsRemovedStatement(
  queries: Queries,
  account: AccountId,
  throughCursor: number,
): Statement {
  return statement(
    queries.deleteFrom("events").where("account", "=", account).where("cursor", "<=", throughCursor),
  );
}

/** Hands a node's applications and what is to be done to them over to another node. */
export function nodeRenamedStatements(queries: Queries, from: string, to: string): Statement[] {
  return [
    statement(queries.updateTable("applications").set({ node: to }).where("node", "=", from)),
    statement(queries.updateTable("effects").set({ node: to }).where("node", "=", from)),
    statement(
      queries
        .updateTable("settings")
        .set({ name: progressName(to) })
        .where("name", "=", progressName(from)),
    ),
  ];
}
