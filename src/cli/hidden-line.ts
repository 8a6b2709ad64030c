const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
/** What the backspace key sends: either, as the terminal is set. */
const BACKSPACE: ReadonlySet<string> = new Set(["\u0008", "\u007f"]);

/** What a terminal is asked of; `process.stdin` is one. */
export interface RawInput {
  on(event: "data", listener: (piece: Uint8Array) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (piece: Uint8Array) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Reads a line from a terminal that shows nothing of it; null where Ctrl-C, Ctrl-D or its closing ended it. */
export async function hiddenLine(
  input: RawInput,
  output: { write(text: string): unknown },
  prompt: string,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const decoder = new TextDecoder();
  let line = "";
  const onEnd = () => resolve(null);
  const onData = (piece: Uint8Array) => {
    for (const character of decoder.decode(piece, { stream: true })) {
      if (character === "\r" || character === "\n") return resolve(line);
      if (character === CTRL_C || character === CTRL_D) return resolve(null);
      line = BACKSPACE.has(character) ? [...line].slice(0, -1).join("") : line + character;
    }
  };
  // First of all: what is typed before shows.
  input.setRawMode(true);
  try {
    output.write(prompt);
    input.on("data", onData);
    input.on("end", onEnd);
    input.resume();
    return await promise;
  } finally {
    input.off("data", onData);
    input.off("end", onEnd);
    input.pause();
    input.setRawMode(false);
    output.write("\n");
  }
}
