import type { Random } from "../property/random.ts";

interface Waiting {
  readonly what: string;
  /** Whether the world changes when this one goes on, as opposed to only hearing an answer. */
  readonly acts: boolean;
  go(): void;
}

const NEVER = new Promise<never>(() => {});

/** Lets all that can go on without us go on, what gives way to others included. */
function others(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Everything that one life of the server does at its ports waits here for its turn, and a seed says whose turn it is:
 * with adapters in memory nothing else decides the order of things.
 */
export class Turns {
  readonly #random: Random;
  readonly #told: (what: string) => void;
  #waiting: Waiting[] = [];
  #open = true;

  constructor(random: Random, told: (what: string) => void) {
    this.#random = random;
    this.#told = told;
  }

  /** Resolves when it is its turn; never where this life is over. */
  wait(what: string, acts: boolean): Promise<void> {
    if (!this.#open) return NEVER;
    return new Promise((go) => this.#waiting.push({ what, acts, go }));
  }

  /** One turn; false where nobody waits. */
  async next(): Promise<boolean> {
    await others();
    // What gave way may need a second round before it waits here.
    if (this.#waiting.length === 0) await others();
    if (this.#waiting.length === 0) return false;
    const [chosen] = this.#waiting.splice(this.#random.between(0, this.#waiting.length - 1), 1);
    this.#told(chosen?.what ?? "");
    chosen?.go();
    await others();
    return true;
  }

  /** Ends this life: of what was on its way to the world some arrives, and nobody hears an answer. */
  async end(): Promise<void> {
    await others();
    this.#open = false;
    for (const { acts, what, go } of this.#waiting.splice(0)) {
      if (!acts || this.#random.chance(0.5)) continue;
      this.#told(`${what} (arrives all the same)`);
      go();
      await others();
    }
  }
}
