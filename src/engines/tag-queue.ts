import type { ApplicationId } from "../core/ids.ts";

/** Tags that somebody is told of, each at most once between two reads of it. */
export class TagQueue {
  readonly #pending = new Set<ApplicationId>();
  #wake = () => {};

  add(tag: ApplicationId): void {
    this.#pending.add(tag);
    this.#wake();
  }

  /** Has a reader look whether its signal was aborted. */
  wake(): void {
    this.#wake();
  }

  /** For one reader: what was added and what will be, until the signal aborts. */
  async *read(signal: AbortSignal): AsyncIterable<ApplicationId> {
    while (!signal.aborted) {
      for (const tag of this.#pending) {
        this.#pending.delete(tag);
        yield tag;
      }
      if (this.#pending.size > 0 || signal.aborted) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
