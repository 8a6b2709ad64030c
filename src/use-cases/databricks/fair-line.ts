/** For whom a piece of work is done. */
export interface Asking {
  /** Where from: those of one place share its turns. */
  readonly source: string;
  /** For which name: those of one place take turns too. */
  readonly name: string;
  /** Whether nobody waits for the answer any more. */
  readonly isGone: () => boolean;
}

interface Waiting extends Asking {
  /** @param hasPlace false where nobody waits for it any more */
  readonly begin: (hasPlace: boolean) => void;
  /** Whether it has begun. */
  isOver: boolean;
}

/** In the order in which they came. */
type Line = Set<Waiting>;

/**
 * Does so many pieces of work at a time. Every second turn is of whoever came last, so that no line, however long,
 * is before somebody who comes when there are no more of them; the others go round the sources, and for each round its names,
 * so that nobody is before others for coming fast, and everybody has a turn.
 */
export class FairLine {
  readonly #places: number;
  #taken = 0;
  #isTurnOfLast = true;
  /** By source and by name, in the order of their turns. */
  readonly #turns = new Map<string, Map<string, Line>>();
  /** All that wait, in the order in which they came, among some that have begun. */
  #arrivals: Waiting[] = [];
  #count = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Answers null, without doing the work, where nobody waits for it any more when its turn comes. */
  async run<Result>(asking: Asking, work: () => Promise<Result>): Promise<Result | null> {
    if (this.#taken < this.#places) this.#taken += 1;
    else if (!(await this.#turn(asking))) return null;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn({ source, name, isGone }: Asking): Promise<boolean> {
    return new Promise((begin) => {
      const waiting = { source, name, isGone, begin, isOver: false };
      const names = entry(this.#turns, source, () => new Map<string, Line>());
      entry(names, name, (): Line => new Set()).add(waiting);
      this.#arrivals.push(waiting);
      this.#count += 1;
    });
  }

  /** Hands the place on to the first whose turn it is and who still waits. */
  #next(): void {
    for (let first = this.#take(); first !== undefined; first = this.#take()) {
      const isGone = first.isGone();
      first.begin(!isGone);
      if (!isGone) return;
    }
    this.#taken -= 1;
  }

  #take(): Waiting | undefined {
    const first = this.#isTurnOfLast ? this.#last() : this.#inTurn();
    this.#isTurnOfLast = !this.#isTurnOfLast;
    if (first === undefined) return undefined;
    first.isOver = true;
    this.#count -= 1;
    const names = this.#turns.get(first.source);
    const line = names?.get(first.name);
    line?.delete(first);
    if (line?.size === 0) names?.delete(first.name);
    if (names?.size === 0) this.#turns.delete(first.source);
    return first;
  }

  #last(): Waiting | undefined {
    // Those whose turn came otherwise are in here until then.
    if (this.#arrivals.length > 2 * this.#count)
      this.#arrivals = this.#arrivals.filter((each) => !each.isOver);
    while (this.#arrivals.at(-1)?.isOver) this.#arrivals.pop();
    return this.#arrivals.pop();
  }

  /** The oldest of the name and source whose turn it is; both go to the end of the turns. */
  #inTurn(): Waiting | undefined {
    const [source] = this.#turns;
    if (source === undefined) return undefined;
    const [, names] = source;
    const [name] = names;
    putLast(this.#turns, source);
    if (name === undefined) return undefined;
    putLast(names, name);
    const [oldest] = name[1];
    return oldest;
  }
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function putLast<Value>(map: Map<string, Value>, [key, value]: readonly [string, Value]): void {
  map.delete(key);
  map.set(key, value);
}
