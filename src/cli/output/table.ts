import { stripVTControlCharacters } from "node:util";

/** A column's title; numbers are set to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const GAP = "  ";
/** The last column is not cut below this: a wider table is better than one that says nothing. */
const MIN_LAST_COLUMN = 24;
const CUT = "...";

/**
 * A text that cannot move the cursor or recolour the terminal: cells may hold what a driver or a server said.
 * Line breaks become spaces.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r?\n|\s/g, " ")
    .replace(/\p{Cc}/gu, "");
}

export interface TableLook {
  /** Colours, added after a cell was measured. */
  title(text: string): string;
  cell(text: string, column: number): string;
  /** Characters that a line may have: the last column is cut to fit. Off a terminal nothing is cut. */
  readonly width?: number;
}

/** Lines of a table with aligned columns and no rules. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  decorate: TableLook,
): string {
  const cells = rows.map((row) => columns.map((_column, index) => harmless(row[index] ?? "")));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = Math.max(MIN_LAST_COLUMN, (decorate.width ?? Number.POSITIVE_INFINITY) - before);
  const fit = (text: string, index: number) =>
    index === last && text.length > room ? text.slice(0, room - CUT.length) + CUT : text;
  const line = (texts: readonly string[], decorateCell: (text: string, column: number) => string) =>
    texts
      .map((text, index) => {
        const space = " ".repeat((widths[index] ?? 0) - text.length);
        const decorated = decorateCell(text, index);
        if (columns[index]?.align === "right") return space + decorated;
        return index === columns.length - 1 ? decorated : decorated + space;
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [line(titles, decorate.title), ...cells.map((row) => line(row.map(fit), decorate.cell))].join("\n");
}
