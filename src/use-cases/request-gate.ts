/** Lets requests pass side by side, and now and then somebody alone: those who come meanwhile wait. */
export class RequestGate {
  #inside = 0;
  #emptied: (() => void) | null = null;
  /** The end of whoever is alone, and of all who stand in line to be; null where the gate is open. */
  #closed: Promise<void> | null = null;

  async pass<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    while (this.#closed !== null) await this.#closed;
    this.#inside += 1;
    try {
      return await work();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#emptied?.();
    }
  }

  /** Waits for those inside, works alone, and lets the others in again. */
  async alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const before = this.#closed;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    try {
      await before;
      if (this.#inside > 0) {
        await new Promise<void>((emptied) => {
          this.#emptied = emptied;
        });
        this.#emptied = null;
      }
      return await work();
    } finally {
      if (this.#closed === promise) this.#closed = null;
      resolve();
    }
  }
}

/** Use cases whose every call passes the gate. */
export function throughGate<UseCases extends object>(useCases: UseCases, gate: RequestGate): UseCases {
  const gated = Object.entries(useCases).map(([name, useCase]) => [
    name,
    (...input: unknown[]) => gate.pass(() => useCase(...input)),
  ]);
  // Same names, same parameters, same answers: every use case is an asynchronous function.
  return Object.fromEntries(gated) as UseCases;
}
