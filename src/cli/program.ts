import { Argument, CommanderError, Option, Command as Parser } from "commander";
import type { Command, Parameter, Parameters } from "./command.ts";
import { COMMON_OPTIONS } from "./common-options.ts";
import { EXIT_CODE_HELP, EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { styleFor } from "./output/style.ts";
import type { Spell } from "./spelling.ts";

/** A command that was found on the command line, with what was given to it. */
export interface Invocation {
  readonly command: Command;
  /** By the command's own parameter names. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Raw values by long option name, for the options that every command takes. */
  readonly given: ReadonlyMap<string, unknown>;
}

export type ParseResult =
  | { readonly kind: "invocation"; readonly invocation: Invocation }
  /** Help, version or a usage error was printed. */
  | { readonly kind: "done"; readonly exitCode: ExitCode };

export interface ProgramDefinition {
  /** As the user types it. */
  readonly name: string;
  readonly spell: Spell;
  readonly version: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** Summary of each group of commands, by its path joined with spaces. */
  readonly groups: Readonly<Record<string, string>>;
  /** Commands shown at the end of the help. */
  readonly examples: Command["examples"];
}

const COMMON_HEADING = "Common options:";

/** Finds the command that the arguments name. Prints help and usage errors itself. */
export function parseArguments(
  definition: ProgramDefinition,
  argv: readonly string[],
  io: Io,
  color: { readonly stdout: boolean; readonly stderr: boolean },
): ParseResult {
  let invocation: Invocation | null = null;
  const program = buildProgram(definition, io, color, (found) => {
    invocation = found;
  });
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return { kind: "done", exitCode: EXIT_CODES.ok };
    }
    program.parse(helpAsked(argv), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander ends help and --version with 0 and everything else, a bare group among them, with 1.
    return { kind: "done", exitCode: error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage };
  }
  return invocation === null
    ? { kind: "done", exitCode: EXIT_CODES.usage }
    : { kind: "invocation", invocation };
}

/** `help emr run` as `emr run --help`: commander looks at the first word after `help` only. */
function helpAsked(argv: readonly string[]): readonly string[] {
  const [first, ...path] = argv;
  return first === "help" && path.length > 1 ? [...path, "--help"] : argv;
}

function buildProgram(
  definition: ProgramDefinition,
  io: Io,
  color: { readonly stdout: boolean; readonly stderr: boolean },
  found: (invocation: Invocation) => void,
): Parser {
  const style = styleFor(true);
  const program = new Parser(definition.name)
    .description(definition.summary)
    .version(definition.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .exitOverride()
    // Positional so that a group's or script's own words are never taken for the program's options.
    .enablePositionalOptions()
    .configureHelp({ styleTitle: style.bold, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(definition.spell(text)),
      writeErr: (text) => io.stderr.write(definition.spell(text)),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => color.stdout,
      getErrHasColors: () => color.stderr,
    })
    .addHelpText("after", `\n${examplesHelp(definition.examples)}\n\n${EXIT_CODE_HELP}`);
  for (const command of definition.commands) addCommand(program, definition, command, found);
  return program;
}

function addCommand(
  program: Parser,
  { name, groups }: ProgramDefinition,
  command: Command,
  found: (invocation: Invocation) => void,
): void {
  let parent = program;
  for (let depth = 1; depth < command.path.length; depth += 1) {
    const path = command.path.slice(0, depth);
    const word = path.at(-1) ?? "";
    const existing = parent.commands.find((candidate) => candidate.name() === word);
    if (existing !== undefined) parent = existing;
    else {
      const summary = groups[path.join(" ")] ?? "";
      parent = parent.command(word).summary(summary).description(summary);
    }
  }
  const fullName = [name, ...command.path].join(" ");
  const leaf = parent
    .command(command.path.at(-1) ?? "")
    .summary(command.summary)
    .description(
      command.details === undefined ? `${command.summary}.` : `${command.summary}.\n\n${command.details}`,
    )
    .addHelpText("after", `\n${examplesHelp(command.examples)}`);
  const takesRest = Object.values(command.arguments).some(({ kind }) => kind === "rest");
  const help = `Try: ${fullName} --help`;
  leaf.showHelpAfterError(takesRest ? `Options for the script itself go after --. ${help}` : help);

  for (const parameter of Object.values(command.arguments)) leaf.addArgument(argumentOf(parameter));
  for (const parameter of Object.values(command.options)) leaf.addOption(optionOf(parameter));
  for (const parameter of Object.values(COMMON_OPTIONS))
    leaf.addOption(optionOf(parameter).helpGroup(COMMON_HEADING));

  leaf.action(() => found({ command, values: valuesOf(command, leaf), given: optionsByFlag(leaf) }));
}

function valuesOf(command: Command, leaf: Parser): Readonly<Record<string, unknown>> {
  const read = (parameters: Parameters, raw: (parameter: Parameter<unknown>, index: number) => unknown) =>
    Object.entries(parameters).map(([key, parameter], index) => [key, parameter.read(raw(parameter, index))]);
  return Object.fromEntries([
    ...read(command.arguments, (_parameter, index) => leaf.processedArgs[index]),
    ...read(command.options, (parameter) => leaf.getOptionValue(optionOf(parameter).attributeName())),
  ]);
}

function optionsByFlag(leaf: Parser): ReadonlyMap<string, unknown> {
  return new Map(
    leaf.options.map((option) => [option.long ?? "", leaf.getOptionValue(option.attributeName())]),
  );
}

function argumentOf({ syntax, description, kind }: Parameter<unknown>): Argument {
  return new Argument(kind === "required" ? `<${syntax}>` : `[${syntax}]`, description);
}

function optionOf({ syntax, description, kind }: Parameter<unknown>): Option {
  const option = new Option(syntax, description);
  if (kind === "list") {
    // Repeated, not greedy: `--input a.csv script.py` must not swallow the script.
    option.argParser((value: string, previous: string[] | undefined) => [...(previous ?? []), value]);
  }
  return option;
}

function examplesHelp(examples: Command["examples"]): string {
  return [
    "Examples:",
    ...examples.map(({ command, explanation }) => `  # ${explanation}\n  ${command}`),
  ].join("\n");
}
