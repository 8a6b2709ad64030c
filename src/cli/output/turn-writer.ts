/**
 * Joins what one turn of the event loop writes into one piece, since each piece may be a system call. Its maker flushes
 * it when the process ends.
 */
export class TurnWriter {
  readonly #write: (text: string) => void;
  #waiting = "";

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(text: string): void {
    if (this.#waiting === "") setImmediate(() => this.flush());
    this.#waiting += text;
  }

  flush(): void {
    if (this.#waiting === "") return;
    const text = this.#waiting;
    this.#waiting = "";
    this.#write(text);
  }
}
