import type { Io } from "../io.ts";
import type { Spell } from "../spelling.ts";
import { type Style, styleState } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { formatTime } from "./time.ts";

export type OutputFormat = "table" | "json";

export interface PrinterOptions {
  readonly format: OutputFormat;
  readonly utc: boolean;
  /** Style of stdout and of stderr. */
  readonly style: Style;
  readonly noteStyle: Style;
  readonly spell: Spell;
}

/** Writes results to stdout, as JSON or for people, and everything else to stderr. */
export class Printer {
  readonly #io: Io;
  readonly #options: PrinterOptions;

  constructor(io: Io, options: PrinterOptions) {
    this.#io = io;
    this.#options = options;
  }

  get format(): OutputFormat {
    return this.#options.format;
  }

  get style(): Style {
    return this.#options.style;
  }

  /** Writes the commands that a text names as they are typed here. */
  get spell(): Spell {
    return this.#options.spell;
  }

  /** The command's result: `value` with `-o json`, else what `forPeople` makes of it. */
  result(value: unknown, forPeople: () => string): void {
    this.line(this.format === "json" ? JSON.stringify(value, null, 2) : forPeople());
  }

  /** A line of stdout. */
  line(text: string): void {
    this.#io.stdout.write(`${text}\n`);
  }

  /** A remark on stderr, which never mixes with the result. */
  note(text: string): void {
    this.#io.stderr.write(`${this.#options.noteStyle.dim(this.spell(text))}\n`);
  }

  warn(text: string): void {
    this.#io.stderr.write(`${this.#options.noteStyle.yellow("warning:")} ${this.spell(text)}\n`);
  }

  error(message: string, hint: string | null): void {
    const lines = [`${this.#options.noteStyle.red("error:")} ${message}`];
    if (hint !== null) lines.push(`  ${this.spell(hint).replaceAll("\n", "\n  ")}`);
    this.#io.stderr.write(`${lines.join("\n")}\n`);
  }

  /** A table in which states are coloured; `empty` is said instead where there are no rows. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[], empty = ""): string {
    if (rows.length === 0 && empty !== "") return this.spell(empty);
    const { style } = this.#options;
    const { isTerminal, columns: width } = this.#io.stdout;
    return renderTable(columns, rows, {
      title: style.bold,
      cell: (text) => styleState(style, text),
      ...(isTerminal ? { width } : {}),
    });
  }

  /** Names and values, one a line; further lines of a value stand below its first. */
  fields(fields: readonly (readonly [name: string, value: string])[]): string {
    const width = Math.max(...fields.map(([name]) => name.length));
    const { style } = this.#options;
    return fields
      .map(
        ([name, value]) =>
          `${style.bold(name.padEnd(width))}  ${styleState(style, value).replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`,
      )
      .join("\n");
  }

  time(time: Date | number | string | null | undefined): string {
    return formatTime(time, this.#options);
  }
}
