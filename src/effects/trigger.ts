import { setTimeout as delay } from "node:timers/promises";

/**
 * Runs a piece of work when fired: never beside itself, once more when fired while it runs, not at all once stopped.
 */
export class Trigger {
  readonly #work: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  readonly #restMs: number;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  /** @param restMs how long work rests before it is done again: the first fire is served at once, a storm of them is not */
  constructor(work: () => Promise<void>, onError: (error: unknown) => void, restMs = 0) {
    this.#work = work;
    this.#onError = onError;
    this.#restMs = restMs;
  }

  fire(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** Takes no more work and waits for what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again = false;
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await this.#work();
      } catch (error) {
        this.#onError(error);
      }
      if (this.#restMs > 0 && !this.#stopped) await this.#rest();
    }
    this.#running = null;
  }

  async #rest(): Promise<void> {
    // Only `stop` ends it early.
    await delay(this.#restMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
