import { hasCode } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { Io, OutputStream } from "./io.ts";

const DEFAULT_COLUMNS = 80;

/** The streams of this process. */
export function processIo(): Io {
  return {
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    get stdin() {
      return process.stdin;
    },
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  stream.on("error", (error) => {
    // `firesteel emr logs RUN | head`: nobody reads on, which is no failure.
    if (hasCode(error, "EPIPE")) process.exit(EXIT_CODES.ok);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
  };
}

/** Aborted by the first Ctrl-C, SIGTERM or closing of the terminal; a second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(EXIT_CODES.interrupted);
      controller.abort(new Error(`received ${name}`));
    });
  }
  return controller.signal;
}
