import { setTimeout as delay } from "node:timers/promises";
import type { ApplicationId } from "../../core/ids.ts";
import type { Observation } from "../../core/ports/engine.ts";
import { TagQueue } from "../tag-queue.ts";

export interface ChangeFeedSource {
  observe(tag: ApplicationId): Promise<Observation>;
  list(): AsyncIterable<ApplicationId>;
  /** Tells cheaply whether it has not ended: most of what is listed at a start ended long ago. */
  mayBeAlive(tag: ApplicationId): Promise<boolean>;
}

/**
 * Turns repeated looks at the applications that have not ended into hints. It looks only while somebody listens, and
 * never again at what has ended.
 */
export class ChangeFeed {
  readonly #source: ChangeFeedSource;
  readonly #intervalMs: number;
  readonly #listeners = new Set<(tag: ApplicationId) => void>();
  /** What the last look told of each application that had not ended. */
  readonly #live = new Map<ApplicationId, Observation["kind"] | "unseen">();
  #polling = new AbortController();

  constructor(source: ChangeFeedSource, intervalMs: number) {
    this.#source = source;
    this.#intervalMs = intervalMs;
  }

  /** From now on this application is looked at. */
  async add(tag: ApplicationId): Promise<void> {
    this.#live.set(tag, "unseen");
    await this.look(tag);
  }

  /** Looks at one application now, and tells the listeners where it is not as it was. */
  async look(tag: ApplicationId): Promise<void> {
    const { kind } = await this.#source.observe(tag);
    const before = this.#live.get(tag);
    if (before === undefined || before === kind) return;
    if (kind === "exited" || kind === "not-found") this.#live.delete(tag);
    else this.#live.set(tag, kind);
    for (const listener of this.#listeners) listener(tag);
  }

  /** Tags of applications that moved, each at most once between two reads, until the signal aborts. */
  listen(signal: AbortSignal): AsyncIterable<ApplicationId> {
    const queue = new TagQueue();
    const listener = (tag: ApplicationId) => queue.add(tag);
    const stop = () => {
      this.#remove(listener);
      queue.wake();
    };
    if (!signal.aborted) {
      this.#add(listener);
      signal.addEventListener("abort", stop, { once: true });
    }
    return queue.read(signal);
  }

  #add(listener: (tag: ApplicationId) => void): void {
    this.#listeners.add(listener);
    if (this.#listeners.size > 1) return;
    this.#polling = new AbortController();
    void this.#poll(this.#polling.signal);
  }

  #remove(listener: (tag: ApplicationId) => void): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#polling.abort();
  }

  async #poll(signal: AbortSignal): Promise<void> {
    let adopted = false;
    while (!signal.aborted) {
      if (!adopted) adopted = await this.#adopt();
      for (const tag of this.#live.keys()) {
        if (signal.aborted) return;
        // One that cannot be looked at now is looked at again; `observe` says why to those who ask.
        await this.look(tag).catch(() => undefined);
      }
      await delay(this.#intervalMs, undefined, { signal, ref: false }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Takes in what an earlier server started. Tells whether it could; where not, `list` says why to those who ask. */
  async #adopt(): Promise<boolean> {
    try {
      for await (const tag of this.#source.list()) {
        if (!this.#live.has(tag) && (await this.#source.mayBeAlive(tag).catch(() => true))) {
          this.#live.set(tag, "unseen");
        }
      }
      return true;
    } catch {
      return false;
    }
  }
}
