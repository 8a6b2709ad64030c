import type { News } from "../use-cases/dependencies.ts";
import type { ControlLoop } from "./control-loop.ts";

/** The control loop of a server, which may stand still for a while. A loop that has ended is not begun again: each is new. */
export class PausableLoop {
  readonly #make: () => ControlLoop;
  #loop: ControlLoop;
  #stopped = false;

  constructor(make: () => ControlLoop) {
    this.#make = make;
    this.#loop = make();
  }

  start(): void {
    this.#loop.start();
  }

  wake(news?: News): void {
    this.#loop.wake(news);
  }

  /** Resolves once nothing of it is under way. */
  pause(): Promise<void> {
    return this.#loop.stop();
  }

  /** Goes on, with a look at everything as at a start, unless it was stopped meanwhile. */
  resume(): void {
    if (this.#stopped) return;
    this.#loop = this.#make();
    this.#loop.start();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    return this.#loop.stop();
  }
}
