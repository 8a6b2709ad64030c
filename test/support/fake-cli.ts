import type { Host } from "../../src/cli/host.ts";
import { type CliEnvironment, runCli } from "../../src/cli/run-cli.ts";
import type { Environment } from "../../src/config/machine.ts";

/** What a command line wrote, and how it ended. */
export interface CliOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FakeCli {
  readonly host?: Partial<Host>;
  readonly environment?: Environment;
  readonly isTerminal?: boolean;
  readonly stdin?: string;
  /** What is typed, unseen, one line after the other; by default nobody can type. */
  readonly typed?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Runs a command line in this process, off a terminal, against a host that has only what the test gives it. */
export async function runFakeCli(argv: readonly string[], fake: FakeCli = {}): Promise<CliOutcome> {
  const written = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const stream = (name: "stdout" | "stderr") => ({
    write: (text: string | Uint8Array) => void written[name].push(Buffer.from(text)),
    isTerminal: fake.isTerminal ?? false,
    columns: 100,
    drained: async () => undefined,
  });
  const typed = fake.typed === undefined ? null : [...fake.typed];
  const host = new Proxy(fake.host ?? {}, {
    get(target, member) {
      if (member in target) return Reflect.get(target, member);
      throw new Error(`this test's host has no ${String(member)}`);
    },
  });
  const environment: CliEnvironment = {
    io: {
      stdout: stream("stdout"),
      stderr: stream("stderr"),
      stdin: (async function* () {
        yield Buffer.from(fake.stdin ?? "");
      })(),
      hiddenInput: typed === null ? null : async () => typed.shift() ?? "",
    },
    machine: {
      homeDirectory: "/nonexistent",
      workingDirectory: process.cwd(),
      cores: 2,
      memoryBytes: 8 * 1024 ** 3,
      environment: fake.environment ?? {},
    },
    clock: Date,
    // The proxy answers for every member or throws by its name.
    hostFor: () => host as Host,
    signal: fake.signal ?? new AbortController().signal,
    version: "1.2.3",
    commandName: "firesteel",
  };
  const exitCode = await runCli(argv, environment);
  const text = (name: "stdout" | "stderr") => Buffer.concat(written[name]).toString();
  return { exitCode, stdout: text("stdout"), stderr: text("stderr") };
}
