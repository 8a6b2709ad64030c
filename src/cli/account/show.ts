import type { Printer } from "../output/printer.ts";

type Row = Readonly<Record<string, unknown>>;

const MOST_COLUMNS = 6;
/** Milliseconds since 1970, of this century. */
const LEAST_TIME_MS = 1e12;

/** What an operation answered, for people: a table of a list's members that tell most, else every member. */
export function showAnswer(answer: unknown, print: Printer): string {
  if (typeof answer === "string") return answer.trimEnd();
  const rows = rowsOf(answer);
  if (rows !== null) return table(rows, print);
  if (!isRow(answer) || Object.keys(answer).length === 0) return "Done.";
  return print.fields(flat(answer).map(([name, value]) => [name, cell(name, value, print)]));
}

/** How many of a list were not answered; 0 where all were, null where that is not said. */
export function remainder(answer: unknown): { readonly shown: number; readonly total: number } | null {
  const rows = rowsOf(answer);
  if (rows === null || !isRow(answer) || typeof answer.totalResults !== "number") return null;
  return rows.length < answer.totalResults ? { shown: rows.length, total: answer.totalResults } : null;
}

/** The rows of an answer that is a list: bare, or the one member that lists objects. */
function rowsOf(answer: unknown): readonly Row[] | null {
  if (Array.isArray(answer)) return answer.filter(isRow);
  if (!isRow(answer)) return null;
  // SCIM's lists (RFC 7644, 3.4.2), where an empty one may have no member for its rows.
  if (typeof answer.totalResults === "number")
    return Array.isArray(answer.Resources) ? answer.Resources.filter(isRow) : [];
  const members = Object.entries(answer).filter(([name]) => !/token$/i.test(name));
  const [only] = members;
  if (members.length !== 1 || only === undefined || !Array.isArray(only[1])) return null;
  return only[1].every(isRow) ? only[1] : null;
}

function table(rows: readonly Row[], print: Printer): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (name) =>
      name !== "account_id" &&
      rows.every((row) => !isRow(row[name]) && !Array.isArray(row[name])) &&
      rows.some((row) => (row[name] ?? "") !== ""),
  );
  const columns = names
    .map((name, index) => ({ name, rank: rank(name, index) }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST_COLUMNS);
  return print.table(
    columns.map(({ name }) => ({ title: name.replaceAll("_", " ").toUpperCase() })),
    rows.map((row) => columns.map(({ name }) => cell(name, row[name], print))),
    "None.",
  );
}

/** Ids, names and states come first, and times before what only repeats other objects' ids. */
function rank(name: string, index: number): number {
  if (name === "id" || (index === 0 && /id$/i.test(name))) return 0;
  if (/name$/i.test(name)) return 1;
  if (/(status|state|active)$/i.test(name)) return 2;
  if (/url$/i.test(name)) return 3;
  if (/_id$/i.test(name)) return 6;
  return /message$/i.test(name) ? 5 : 4;
}

function flat(row: Row, above = ""): [name: string, value: unknown][] {
  return Object.entries(row).flatMap(([name, value]) =>
    isRow(value) && Object.keys(value).length > 0
      ? flat(value, `${above}${name}.`)
      : [[above + name, value] satisfies [string, unknown]],
  );
}

function cell(name: string, value: unknown, print: Printer): string {
  if (value === undefined || value === null || value === "") return "-";
  if (typeof value === "number" && /(time|_at)$/.test(name) && value >= LEAST_TIME_MS)
    return print.time(value);
  if (Array.isArray(value))
    return (
      value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join("\n") || "-"
    );
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
