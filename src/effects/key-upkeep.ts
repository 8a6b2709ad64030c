import type { Clock } from "../core/ports/clock.ts";
import type { RotatingKeyRing, SealedSecrets } from "../core/ports/key-ring.ts";
import type { Store } from "../core/ports/store.ts";
import { type KeyUpkeep, keepKeys } from "../use-cases/rotate-keys.ts";
import type { Chore } from "./control-loop.ts";

const MINUTE_MS = 60_000;

export interface KeyUpkeepParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ring: RotatingKeyRing;
  readonly secrets: readonly SealedSecrets[];
}

/** Goes on with a rotation of keys that was interrupted, and retires keys that are needed no more. */
export class KeyUpkeepChore implements Chore {
  readonly name = "the upkeep of keys";
  readonly intervalMs = MINUTE_MS;
  readonly #parts: KeyUpkeepParts;
  readonly #onDone: (done: KeyUpkeep) => void;

  /** @param onDone told of every time that something was done */
  constructor(parts: KeyUpkeepParts, onDone: (done: KeyUpkeep) => void) {
    this.#parts = parts;
    this.#onDone = onDone;
  }

  async run(): Promise<void> {
    const done = await keepKeys(this.#parts, this.#parts.clock.now());
    if (done.encryptedAnew + done.forgottenKeys.length + done.retiredSigningKeys.length > 0)
      this.#onDone(done);
  }
}
