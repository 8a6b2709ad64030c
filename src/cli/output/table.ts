import { stripVTControlCharacters } from "node:util";

/** A column's title; numbers are set to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const GAP = "  ";

/**
 * A text that cannot move the cursor or recolour the terminal: cells may hold what a driver or a server said.
 * Line breaks become spaces.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r?\n|\s/g, " ")
    .replace(/\p{Cc}/gu, "");
}

/**
 * Lines of a table with aligned columns and no rules; `decorate` may colour a cell after it was measured.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  decorate: { title(text: string): string; cell(text: string, column: number): string },
): string {
  const cells = rows.map((row) => columns.map((_column, index) => harmless(row[index] ?? "")));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
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
  return [line(titles, decorate.title), ...cells.map((row) => line(row, decorate.cell))].join("\n");
}
