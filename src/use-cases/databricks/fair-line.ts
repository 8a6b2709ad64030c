/**
 * Does so many pieces of work at a time, and the names for which they are done take turns: whoever asks for much
 * delays himself.
 */
export class FairLine {
  readonly #places: number;
  #taken = 0;
  /** By name, in the order of their turns. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(places: number) {
    this.#places = places;
  }

  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#taken < this.#places) this.#taken += 1;
    else await this.#turn(name);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(name: string): Promise<void> {
    return new Promise((resolve) => {
      const line = this.#waiting.get(name);
      if (line === undefined) this.#waiting.set(name, [resolve]);
      else line.push(resolve);
    });
  }

  /** Hands the place on to the first of the name whose turn it is, which goes to the end of the turns. */
  #next(): void {
    const [turn] = this.#waiting;
    if (turn === undefined) {
      this.#taken -= 1;
      return;
    }
    const [name, line] = turn;
    const first = line.shift();
    this.#waiting.delete(name);
    if (line.length > 0) this.#waiting.set(name, line);
    first?.();
  }
}
