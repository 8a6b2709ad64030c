import type { Context } from "./context.ts";
import type { ExitCode } from "./exit-codes.ts";

/** An option or an argument: how it is written, what it means, and how the parser's value becomes a typed one. */
export interface Parameter<Value> {
  /** `-f, --follow`, `--class <name>` for options; `script`, `args...` for arguments. */
  readonly syntax: string;
  readonly description: string;
  readonly kind: "flag" | "text" | "list" | "required" | "optional" | "rest";
  read(raw: unknown): Value;
}

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

type ValuesOf<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer Value> ? Value : never;
};

export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** A command is data: the parser, the help and the documentation are made from it. */
export interface Command {
  /** Words that name it: `["emr", "run"]`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** Paragraphs for the help, after the summary. */
  readonly details?: string;
  readonly arguments: Parameters;
  readonly options: Parameters;
  readonly examples: readonly Example[];
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<ExitCode>;
}

/** Types a command's handler by its parameters. */
export function command<A extends Parameters, O extends Parameters>(definition: {
  readonly path: readonly string[];
  readonly summary: string;
  readonly details?: string;
  readonly arguments?: A;
  readonly options?: O;
  readonly examples: readonly Example[];
  run(values: ValuesOf<A> & ValuesOf<O>, context: Context): Promise<ExitCode>;
}): Command {
  return {
    ...definition,
    arguments: definition.arguments ?? {},
    options: definition.options ?? {},
    // The program fills the values from these very parameters, each through its own `read`.
    run: (values, context) => definition.run(values as ValuesOf<A> & ValuesOf<O>, context),
  };
}

const asText = (raw: unknown) => (typeof raw === "string" ? raw : undefined);
const asList = (raw: unknown): readonly string[] => (Array.isArray(raw) ? raw.map(String) : []);

/** An option without a value. */
export function flag(syntax: string, description: string): Parameter<boolean> {
  return { syntax, description, kind: "flag", read: (raw) => raw === true };
}

/** An option with a value. */
export function text(syntax: string, description: string): Parameter<string | undefined> {
  return { syntax, description, kind: "text", read: asText };
}

/** An option that may be given many times. */
export function list(syntax: string, description: string): Parameter<readonly string[]> {
  return { syntax, description: `${description} (may be repeated)`, kind: "list", read: asList };
}

export function required(syntax: string, description: string): Parameter<string> {
  return { syntax, description, kind: "required", read: (raw) => asText(raw) ?? "" };
}

export function optional(syntax: string, description: string): Parameter<string | undefined> {
  return { syntax, description, kind: "optional", read: asText };
}

/** All remaining arguments. */
export function rest(syntax: string, description: string): Parameter<readonly string[]> {
  return { syntax, description, kind: "rest", read: asList };
}
