import type { Selectable } from "kysely";
import type { Effect } from "../core/effects.ts";
import type { EffectId } from "../core/ids.ts";
import type { Store } from "../core/ports/store.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import type { Queries } from "./queries.ts";
import type { Schema } from "./schema.ts";

export function effects(database: Database): Store["effects"] {
  const { queries } = database;
  return {
    async due(node, nowMs, limit) {
      // The index by due time holds the sequence too, so what is due is put in order without its rows.
      const due = queries
        .selectFrom("effects")
        .select("sequence")
        .where("node", "=", node)
        .where("due_at_ms", "<=", nowMs)
        .orderBy("sequence")
        .limit(limit);
      const query = queries
        .selectFrom(due.as("due"))
        .innerJoin("effects", "effects.sequence", "due.sequence")
        .selectAll("effects")
        .orderBy("due.sequence");
      return (await database.read(query)).map(effectOf);
    },
    async of(application) {
      const query = queries
        .selectFrom("effects")
        .selectAll()
        .where("application_id", "=", application)
        .orderBy("sequence");
      return (await database.read(query)).map(effectOf);
    },
    async nextDueAtMs(node) {
      const query = queries
        .selectFrom("effects")
        .select("due_at_ms")
        .where("node", "=", node)
        .orderBy("due_at_ms")
        .limit(1);
      return (await readOne(database, query))?.due_at_ms ?? null;
    },
  };
}

function effectOf(row: Selectable<Schema["effects"]>): Effect {
  return {
    id: row.id,
    kind: row.kind,
    application: row.application_id,
    node: row.node,
    attempts: row.attempts,
    dueAtMs: row.due_at_ms,
    createdAtMs: row.created_at_ms,
    lastError: row.last_error,
  };
}

/** The row takes account and region from its application, which must be stored or be part of the same commit. */
export function effectStatement(queries: Queries, effect: Effect): Statement {
  return statement(
    queries.insertInto("effects").values(({ selectFrom }) => {
      const application = selectFrom("applications").where("applications.id", "=", effect.application);
      return {
        id: effect.id,
        account: application.select("applications.account"),
        region: application.select("applications.region"),
        kind: effect.kind,
        application_id: effect.application,
        node: effect.node,
        attempts: effect.attempts,
        due_at_ms: effect.dueAtMs,
        created_at_ms: effect.createdAtMs,
        last_error: effect.lastError,
      };
    }),
  );
}

/** Effects are done at least once, so this may be told twice; the second time changes nothing. */
export function effectDoneStatement(queries: Queries, id: EffectId): Statement {
  return statement(queries.deleteFrom("effects").where("id", "=", id));
}

/** Changes nothing where the effect is done already: a late failure does not bring it back. */
export function effectFailedStatement(
  queries: Queries,
  failure: {
    readonly id: EffectId;
    readonly attempts: number;
    readonly dueAtMs: number;
    readonly error: string;
  },
): Statement {
  return statement(
    queries
      .updateTable("effects")
      .set({ attempts: failure.attempts, due_at_ms: failure.dueAtMs, last_error: failure.error })
      .where("id", "=", failure.id),
  );
}
