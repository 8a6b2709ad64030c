import type { Random } from "../property/random.ts";
import type { Turns } from "./turns.ts";

/** What the simulation breaks on purpose; every other error is a finding. */
export class SimulatedFault extends Error {
  override readonly name = "SimulatedFault";
}

/** How likely each kind of trouble is, from 0 to 1. */
export interface Faults {
  /** A commit, launch, kill or write that never arrives. */
  lost: number;
  /** One that arrives, and whose answer does not. */
  unanswered: number;
  /** A read that fails. */
  unreadable: number;
  /** A launch that the engine says can never work. */
  refusedLaunch: number;
  /** A hint of the engine's that is not heard. */
  unheardHint: number;
}

export const NO_FAULTS: Faults = { lost: 0, unanswered: 0, unreadable: 0, refusedLaunch: 0, unheardHint: 0 };

/** Where one life of the server meets the world: each call waits for its turns and may fail on either side. */
export class Ports {
  readonly #turns: Turns;
  readonly #random: Random;
  readonly #faults: Faults;

  constructor(turns: Turns, random: Random, faults: Faults) {
    this.#turns = turns;
    this.#random = random;
    this.#faults = faults;
  }

  /** A look at the world: taken now, heard later. */
  async ask<Answer>(what: string, look: () => Promise<Answer>): Promise<Answer> {
    const answer = await look();
    await this.#turns.wait(`look: ${what}`, false);
    if (this.#random.chance(this.#faults.unreadable)) throw new SimulatedFault(`${what} failed`);
    return answer;
  }

  /** A change of the world: on its way, made, then heard of. */
  async act<Answer>(what: string, change: () => Promise<Answer>): Promise<Answer> {
    await this.#turns.wait(what, true);
    if (this.#random.chance(this.#faults.lost)) throw new SimulatedFault(`${what} did not arrive`);
    const answer = await change();
    await this.#turns.wait(`${what}: heard`, false);
    if (this.#random.chance(this.#faults.unanswered)) throw new SimulatedFault(`${what} was not answered`);
    return answer;
  }

  get refusesLaunch(): boolean {
    return this.#random.chance(this.#faults.refusedLaunch);
  }

  get overhears(): boolean {
    return this.#random.chance(this.#faults.unheardHint);
  }
}
