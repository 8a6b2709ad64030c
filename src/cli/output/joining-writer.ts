/** Between two writes of a busy server, in milliseconds: each is a system call, which costs more than a log entry. */
const REST_MS = 3;

/**
 * Joins what is written in short order into one piece: an idle server's entries leave at the end of the turn of the
 * event loop, a busy one's every few milliseconds. Its maker flushes it when the process ends.
 */
export class JoiningWriter {
  readonly #write: (text: string) => void;
  #waiting = "";
  #isResting = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  write(text: string): void {
    if (this.#waiting === "" && !this.#isResting) setImmediate(() => this.#writeAndRest());
    this.#waiting += text;
  }

  flush(): void {
    if (this.#waiting === "") return;
    const text = this.#waiting;
    this.#waiting = "";
    this.#write(text);
  }

  #writeAndRest(): void {
    this.#isResting = this.#waiting !== "";
    if (!this.#isResting) return;
    this.flush();
    setTimeout(() => this.#writeAndRest(), REST_MS).unref();
  }
}
