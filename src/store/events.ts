import type { DomainEvent, StoredEvent } from "../core/events.ts";
import type { Store } from "../core/ports/store.ts";
import { type Database, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import { prepared } from "./prepared.ts";
import type { Queries } from "./queries.ts";
import type { EventCounterTable, EventTable } from "./schema.ts";

export function events(database: Database): Store["events"] {
  const all = database.queries.selectFrom("events").selectAll();
  return {
    async after(account, cursor, limit) {
      const query = all
        .where("account", "=", account)
        .where("cursor", ">", cursor)
        .orderBy("cursor")
        .limit(limit);
      return (await database.read(query)).map(eventOf);
    },
    async of(subjectId) {
      const rows = await database.read(all.where("subject_id", "=", subjectId).orderBy("cursor"));
      return rows.map(eventOf);
    },
  };
}

/**
 * Takes cursors from the account's counter and inserts the events with them. The counter's row stays locked until the
 * commit, so cursors become visible in their order and none turns up late, on PostgreSQL too, where a sequence would
 * not do. Accounts are taken in order, so that two commits cannot wait for each other's.
 */
export function eventStatements(queries: Queries, happened: readonly DomainEvent[]): Statement[] {
  const byAccount = Map.groupBy(happened, ({ account }) => account);
  const accounts = [...byAccount.keys()].sort();
  return accounts.flatMap((account) => {
    const ofAccount = byAccount.get(account) ?? [];
    const counter = takeCursors(queries, { account, last_cursor: ofAccount.length });
    const rows = ofAccount.map((event, index) => eventRow(queries, event, ofAccount.length - 1 - index));
    return [statement(counter), ...rows];
  });
}

const takeCursors = prepared((queries, taken: EventCounterTable) =>
  queries
    .insertInto("event_counters")
    .values(taken)
    .onConflict((conflict) =>
      conflict
        .column("account")
        .doUpdateSet((eb) => ({ last_cursor: eb("event_counters.last_cursor", "+", taken.last_cursor) })),
    ),
);

interface NumberedEvent extends Omit<EventTable, "cursor"> {
  /** How many events of the commit come after it. */
  readonly before_last: number;
}

const insertEvent = prepared((queries, { before_last, ...row }: NumberedEvent) =>
  queries.insertInto("events").values(({ selectFrom }) => ({
    ...row,
    cursor: selectFrom("event_counters")
      .select((eb) => eb("last_cursor", "-", before_last).as("cursor"))
      .where("event_counters.account", "=", row.account),
  })),
);

function eventRow(queries: Queries, event: DomainEvent, beforeLast: number): Statement {
  return statement(
    insertEvent(queries, {
      account: event.account,
      region: event.region,
      subject_kind: event.subject.kind,
      subject_id: event.subject.id,
      type: event.type,
      at_ms: event.atMs,
      detail: toJsonText(event.detail),
      before_last: beforeLast,
    }),
  );
}

function eventOf(row: EventTable): StoredEvent {
  return {
    account: row.account,
    region: row.region,
    cursor: row.cursor,
    subject: { kind: row.subject_kind, id: row.subject_id },
    type: row.type,
    atMs: row.at_ms,
    detail: fromJsonText(row.detail),
  };
}
