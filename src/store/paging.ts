import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { Page, PageCursor, PageRequest } from "../core/ports/store.ts";
import type { Queries } from "./queries.ts";
import type { Schema } from "./schema.ts";

/** What a list's pages are ordered and continued by. */
interface Place {
  readonly id: string;
  readonly created_at_ms: number;
}

interface CreationFilter {
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
}

/**
 * The states whose indexes a list walks; null stands for one walk over all of them. `all` is set where the index that
 * serves the list has the state in front of the time, so that every state needs a walk of its own.
 */
export function statesToWalk<State extends string>(
  asked: readonly State[] | undefined,
  all: readonly State[] | null,
): readonly (State | null)[] {
  if (asked !== undefined && asked.length > 0) return [...new Set(asked)];
  return all ?? [null];
}

/**
 * Conditions on the time of creation. There is one upper bound at most, the lower of the cursor and the filter:
 * SQLite seeks by one and would read and drop every row between the two.
 */
export function pageBounds(filter: CreationFilter, { after }: PageRequest) {
  const bounds = [];
  const { createdAfterMs, createdBeforeMs } = filter;
  if (createdAfterMs !== undefined) bounds.push(sql<SqlBool>`created_at_ms > ${createdAfterMs}`);
  if (after !== null && (createdBeforeMs === undefined || after.createdAtMs < createdBeforeMs)) {
    bounds.push(sql<SqlBool>`(created_at_ms, id) < (${after.createdAtMs}, ${after.id})`);
  } else if (createdBeforeMs !== undefined) {
    bounds.push(sql<SqlBool>`created_at_ms < ${createdBeforeMs}`);
  }
  return bounds;
}

/**
 * The places of the newest rows of several walks together, one more than the page holds. Each walk is cut to that
 * length before they are merged, so the cost does not depend on how many rows there are.
 */
export function newestOf<Table extends keyof Schema>(
  queries: Queries,
  walks: readonly SelectQueryBuilder<Schema, Table, Place>[],
  { limit }: PageRequest,
) {
  const cut = walks.map((walk) =>
    queries.selectFrom(newestFirst(walk, limit + 1).as("walk")).select(["id", "created_at_ms"]),
  );
  const merged = cut.reduce((all, walk) => all.unionAll(walk));
  return newestFirst(queries.selectFrom(merged.as("walks")).select(["id", "created_at_ms"]), limit + 1);
}

function newestFirst<Tables, Table extends keyof Tables>(
  rows: SelectQueryBuilder<Tables, Table, Place>,
  limit: number,
) {
  return rows.orderBy(sql`created_at_ms`, "desc").orderBy(sql`id`, "desc").limit(limit);
}

/** Cuts the row that only tells that there is a next page. */
export function pageOf<Row extends Place, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next: PageCursor | null =
    rows.length > limit && last !== undefined ? { createdAtMs: last.created_at_ms, id: last.id } : null;
  return { rows: shown.map(itemOf), next };
}
