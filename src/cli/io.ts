/** Where a command writes to. */
export interface OutputStream {
  write(text: string | Uint8Array): void;
  /** Resolves once the reader has taken enough for more to be written: what is long waits for it. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; 80 off a terminal. */
  readonly columns: number;
}

export interface Io {
  /** What was asked for. */
  readonly stdout: OutputStream;
  /** Progress, remarks and errors. */
  readonly stderr: OutputStream;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Asks for a line that is not shown while it is typed; null where nobody can type. Rejects on Ctrl-C. */
  readonly hiddenInput: ((prompt: string) => Promise<string>) | null;
}
