import { invalidParameter } from "../../core/databricks-errors.ts";

/** A part of a list that is ordered by age, as databricks-account-api.md A15 calls "token". */
export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Null at the end. */
  readonly nextPageToken: string | null;
}

export interface PageQuery {
  readonly size: number | null;
  /** Null for the first one. */
  readonly token: string | null;
}

/** The page of a list that begins behind the object that a token names, whether that is still there or not. */
export function pageOf<Row extends Place>(
  oldestFirst: readonly Row[],
  { size, token }: PageQuery,
  limits: { readonly default: number; readonly max: number },
): Page<Row> {
  if (size !== null && size < 0) throw invalidParameter("page_size: give a number from 1.");
  // As protocol buffers have it: 0 is what was not given.
  const count = Math.min(size === null || size === 0 ? limits.default : size, limits.max);
  const after = token === null || token === "" ? null : readToken(token);
  const rest = after === null ? oldestFirst : oldestFirst.filter((row) => isBehind(row, after));
  const rows = rest.slice(0, count);
  const last = rows.at(-1);
  return { rows, nextPageToken: last === undefined || rest.length <= count ? null : tokenOf(last) };
}

interface Place {
  readonly createdAtMs: number;
  readonly id: string;
}

function isBehind(row: Place, after: Place): boolean {
  return row.createdAtMs === after.createdAtMs ? row.id > after.id : row.createdAtMs > after.createdAtMs;
}

function tokenOf({ createdAtMs, id }: Place): string {
  return Buffer.from(`${createdAtMs}:${id}`).toString("base64url");
}

function readToken(token: string): Place {
  const [, createdAtMs, id] = /^(\d{1,15}):([\w-]+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (createdAtMs === undefined || id === undefined)
    throw invalidParameter("page_token: give the next_page_token of an answer.");
  return { createdAtMs: Number(createdAtMs), id };
}
