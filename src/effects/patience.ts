import type { Clock } from "../core/ports/clock.ts";

/**
 * How long things have been the way they are, as far as this server saw it. Counted from its first look on and by a
 * clock that does not jump, so that neither a server that was down nor a wrong clock uses up anybody's time.
 */
export class Patience {
  readonly #steady: Clock;
  readonly #since = new Map<string, number>();

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  /** Milliseconds since the first call with this name that no `forget` came after. */
  lastedMs(name: string): number {
    const now = this.#steady.now();
    const since = this.#since.get(name);
    if (since === undefined) this.#since.set(name, now);
    return now - (since ?? now);
  }

  forget(name: string): void {
    this.#since.delete(name);
  }

  /** Forgets everything but these. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#since.keys()) if (!names.has(name)) this.#since.delete(name);
  }
}
