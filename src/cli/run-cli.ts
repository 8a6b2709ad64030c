import { ConfigError } from "../config/config-file.ts";
import { loadSettings } from "../config/load.ts";
import type { Machine } from "../config/machine.ts";
import { BucketError } from "../core/ports/buckets.ts";
import type { Clock } from "../core/ports/clock.ts";
import { COMMANDS, EXAMPLES, GROUPS } from "./commands.ts";
import { readCommonValues } from "./common-options.ts";
import { CliError, messageOf } from "./errors.ts";
import { EXIT_CODES, type ExitCode } from "./exit-codes.ts";
import type { HostFactory } from "./host.ts";
import type { Io } from "./io.ts";
import { type OutputFormat, Printer } from "./output/printer.ts";
import { styleFor, takesColor } from "./output/style.ts";
import { isOutputClosed } from "./process-io.ts";
import { type Invocation, parseArguments } from "./program.ts";
import { spelling } from "./spelling.ts";

/** What the process brings; the tests bring their own. */
export interface CliEnvironment {
  readonly io: Io;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly hostFor: HostFactory;
  /** Aborted by Ctrl-C and SIGTERM, and once nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** What the user types to start this program (spelling.ts). */
  readonly commandName: string;
}

/** Runs one command line. Never throws: what goes wrong is said on stderr and told by the exit code. */
export async function runCli(argv: readonly string[], environment: CliEnvironment): Promise<ExitCode> {
  const { io, machine, version, commandName } = environment;
  const color = {
    stdout: takesColor(io.stdout, machine.environment),
    stderr: takesColor(io.stderr, machine.environment),
  };
  const words = [...COMMANDS.map(({ path: [word = ""] }) => word), "help"];
  const spell = spelling(commandName, words);
  const parsed = parseArguments(
    {
      name: commandName,
      spell,
      version,
      summary: "Firesteel: an open control plane for Apache Spark",
      commands: COMMANDS,
      groups: GROUPS,
      examples: EXAMPLES,
    },
    argv,
    io,
    color,
  );
  if (parsed.kind === "done") return parsed.exitCode;
  const printerFor = (format: OutputFormat, utc: boolean) =>
    new Printer(io, { format, utc, style: styleFor(color.stdout), noteStyle: styleFor(color.stderr), spell });
  try {
    return await invoke(parsed.invocation, environment, printerFor);
  } catch (error) {
    return report(error, printerFor("table", false), environment);
  }
}

async function invoke(
  { command, values, given }: Invocation,
  environment: CliEnvironment,
  printerFor: (format: OutputFormat, utc: boolean) => Printer,
): Promise<ExitCode> {
  const common = readCommonValues(given);
  if (typeof common.format !== "string") {
    throw new CliError(`--output ${common.format.unknown}: unknown format`, {
      exitCode: EXIT_CODES.usage,
      hint: "Use table or json.",
    });
  }
  const { machine, hostFor } = environment;
  const loaded = await loadSettings({
    machine,
    flags: common.flags,
    ...(common.configFile === null ? {} : { configFile: common.configFile }),
  });
  return command.run(values, {
    ...environment,
    print: printerFor(common.format, common.utc),
    settings: loaded.settings,
    loaded,
    host: hostFor(loaded.settings),
  });
}

function report(error: unknown, print: Printer, { signal, machine }: CliEnvironment): ExitCode {
  // `firesteel s3 cat … | head`: nobody reads on, which is no failure.
  if (signal.aborted) return isOutputClosed(signal.reason) ? EXIT_CODES.ok : EXIT_CODES.interrupted;
  if (error instanceof CliError) {
    print.error(error.message, error.hint);
    return error.exitCode;
  }
  if (error instanceof ConfigError) {
    print.error(error.message, null);
    return EXIT_CODES.usage;
  }
  print.error(messageOf(error), hintFor(error));
  // A defect of ours rather than the user's: the stack helps whoever reports it.
  if (machine.environment.DEBUG !== undefined && error instanceof Error) print.note(error.stack ?? "");
  return EXIT_CODES.failed;
}

function hintFor(error: unknown): string | null {
  return error instanceof BucketError && error.code === "NoSuchBucket"
    ? "List the buckets with `firesteel s3 ls`, make one with `firesteel s3 mb s3://NAME`."
    : null;
}
