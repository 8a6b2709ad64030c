/** Numbers from a seed (mulberry32): the same seed gives the same numbers on every machine. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds would begin with neighbouring numbers, so the seed is spread first.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  }

  /** From 0 up to, but not, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** Throws where there is nothing to pick from. */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error("there is nothing to pick from");
    // The index is within the list, so what is there is an Item.
    return items[this.between(0, items.length - 1)] as Item;
  }

  /** One of the table's values, as often as its weight says. */
  weighted<Item>(table: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.fraction() * table.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of table) {
      left -= weight;
      if (left < 0) return item;
    }
    return this.pick(table)[1];
  }

  /** `length` items, each made by itself. */
  list<Item>(length: number, make: () => Item): Item[] {
    return Array.from({ length }, make);
  }
}
