import { once } from "node:events";
import { isatty } from "node:tty";
import { hasCode } from "./errors.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { hiddenLine } from "./hidden-line.ts";
import type { Io, OutputStream } from "./io.ts";

const DEFAULT_COLUMNS = 80;
/** npm hands Ctrl-C on to a program that the terminal has told already: two signals this close are one keypress. */
const SAME_KEYPRESS_MS = 500;

const OUTPUT_CLOSED = new Error("nobody reads the output any more");

/** Whether a signal was aborted because the reader of a pipe went away. */
export function isOutputClosed(reason: unknown): boolean {
  return reason === OUTPUT_CLOSED;
}

/**
 * The end that comes from outside: Ctrl-C, SIGTERM, the closing of the terminal, or of the pipe that is written to.
 * A second signal ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController();

  constructor() {
    let firstAtMs = Number.POSITIVE_INFINITY;
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(name, () => {
        const nowMs = performance.now();
        if (nowMs - firstAtMs > SAME_KEYPRESS_MS) process.exit(EXIT_CODES.interrupted);
        firstAtMs = Math.min(firstAtMs, nowMs);
        this.#controller.abort(new Error(`received ${name}`));
      });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Commands stop for it as for Ctrl-C, and clean up: drivers and directories must not stay behind. */
  outputClosed(): void {
    this.#controller.abort(OUTPUT_CLOSED);
  }
}

/** The streams of this process. */
export function processIo(interruption: Pick<Interruption, "outputClosed">): Io {
  return {
    stdout: outputStream(process.stdout, interruption),
    stderr: outputStream(process.stderr, interruption),
    get stdin() {
      return process.stdin;
    },
    hiddenInput: isatty(0)
      ? async (prompt) => {
          const line = await hiddenLine(process.stdin, process.stderr, prompt);
          if (line === null) process.exit(EXIT_CODES.interrupted);
          return line;
        }
      : null,
  };
}

function outputStream(
  stream: NodeJS.WriteStream,
  interruption: Pick<Interruption, "outputClosed">,
): OutputStream {
  let isClosed = false;
  stream.on("error", (error) => {
    // `firesteel demo | head`.
    if (!hasCode(error, "EPIPE")) throw error;
    isClosed = true;
    interruption.outputClosed();
  });
  return {
    write(text) {
      if (!isClosed) stream.write(text);
    },
    async drained() {
      if (stream.writableNeedDrain && !isClosed)
        await Promise.race([once(stream, "drain"), once(stream, "close")]);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || DEFAULT_COLUMNS;
    },
  };
}
