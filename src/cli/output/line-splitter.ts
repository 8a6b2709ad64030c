/** Cuts a stream of bytes into lines; the last one may have no line break. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  readonly #onLine: (line: string) => void;
  #unfinished = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(bytes: Uint8Array): void {
    const lines = (this.#unfinished + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }

  /** The stream has ended. */
  end(): void {
    if (this.#unfinished !== "") this.#onLine(this.#unfinished);
    this.#unfinished = "";
  }
}
