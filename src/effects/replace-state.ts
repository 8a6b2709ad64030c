import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "../core/access/access-key.ts";
import { APPLICATION_STATES, hasEnded } from "../core/application/application.ts";
import { DomainError } from "../core/errors.ts";
import type { AccountId, ApplicationId } from "../core/ids.ts";
import type { Contents, Replacement, Snapshot } from "../core/ports/contents.ts";
import type { Engine } from "../core/ports/engine.ts";
import type { Store } from "../core/ports/store.ts";
import type { RequestGate } from "../use-cases/request-gate.ts";
import type { Replaced, ServerState } from "../use-cases/server-state.ts";
import type { PausableLoop } from "./pausable-loop.ts";

/** Drivers get no grace here; this is for their supervisors to write down how they ended. */
const END_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 20;
const SIDE_BY_SIDE = 16;
/** How many a message names. */
const NAMED = 3;

export interface StateParts {
  readonly store: Store;
  readonly node: string;
  readonly engine: Engine;
  readonly contents: Contents;
  readonly loop: PausableLoop;
  readonly gate: RequestGate;
  /** Only its callers may. */
  readonly administrator: AccountId;
  /** Why this server keeps what it holds; null where it need not. */
  readonly refusal: string | null;
  /** Takes up what there is now, wherever the server keeps more than the store; nobody else works meanwhile. */
  readonly onReplaced: () => Promise<void>;
  /** Told of everything that was done. */
  readonly onDone: (what: string, detail: object) => void;
}

/** Resets a server and takes it back to snapshots: alone, without drivers, and to its end also where it was killed. */
export class StateReplacer implements ServerState {
  readonly #parts: StateParts;

  constructor(parts: StateParts) {
    this.#parts = parts;
  }

  /** Finishes what an earlier server had begun; before the loop starts and requests come. */
  async recover(): Promise<void> {
    const { contents, onDone } = this.#parts;
    const begun = await contents.begun();
    if (begun === null) return;
    await contents.begin(begun);
    await this.#endAll();
    await contents.finish(begun);
    onDone("finished what an earlier server had begun", begun);
  }

  reset(caller: Caller): Promise<Replaced> {
    return this.#replace(caller, { kind: "reset" });
  }

  restoreSnapshot(caller: Caller, snapshot: string): Promise<Replaced> {
    return this.#replace(caller, { kind: "restore", snapshot });
  }

  async saveSnapshot(caller: Caller, name: string): Promise<Snapshot> {
    return this.#alone(caller, async () => {
      await this.#requireIdle();
      const snapshot = await this.#parts.contents.save(name);
      this.#parts.onDone("saved a snapshot", snapshot);
      return snapshot;
    });
  }

  async listSnapshots(caller: Caller): Promise<readonly Snapshot[]> {
    this.#authorise(caller);
    return this.#parts.contents.snapshots();
  }

  async deleteSnapshot(caller: Caller, name: string): Promise<void> {
    return this.#alone(caller, async () => {
      await this.#parts.contents.remove(name);
      this.#parts.onDone("deleted a snapshot", { name });
    });
  }

  #replace(caller: Caller, replacement: Replacement): Promise<Replaced> {
    const { contents, onDone, onReplaced } = this.#parts;
    return this.#alone(caller, async () => {
      await contents.begin(replacement);
      try {
        const applicationsEnded = await this.#endAll();
        await contents.finish(replacement);
        await onReplaced();
        onDone("replaced all that the server held", { ...replacement, applicationsEnded });
        return { applicationsEnded };
      } catch (error) {
        // The caller learns that it failed, and goes on with what there is: no later start may do it after all.
        await contents.abandon();
        throw error;
      }
    });
  }

  async #alone<Answer>(caller: Caller, work: () => Promise<Answer>): Promise<Answer> {
    this.#authorise(caller);
    const { gate, loop } = this.#parts;
    return gate.alone(async () => {
      await loop.pause();
      try {
        return await work();
      } finally {
        loop.resume();
      }
    });
  }

  #authorise({ account }: Caller): void {
    const { administrator, refusal } = this.#parts;
    if (refusal !== null) throw new DomainError("forbidden", refusal);
    if (account !== administrator)
      throw new DomainError("forbidden", `Only keys of account ${administrator} may do this.`);
  }

  async #requireIdle(): Promise<void> {
    const { store, node } = this.#parts;
    const states = APPLICATION_STATES.filter((state) => !hasEnded(state));
    const active: string[] = [];
    // What belongs to no run is started anew by whoever wants it.
    for await (const { owner } of store.applications.inStates(node, states))
      if (owner.kind === "job-run") active.push(owner.id);
    if (active.length === 0) return;
    const named = active.slice(0, NAMED).join(", ") + (active.length > NAMED ? ", …" : "");
    throw new DomainError(
      "conflict",
      `A snapshot cannot hold running drivers: ${active.length} job run${active.length === 1 ? " has" : "s have"} not ended (${named}). Wait for the end, or cancel.`,
    );
  }

  /** Ends every driver and forgets it; answers how many there were to end. */
  async #endAll(): Promise<number> {
    const { engine } = this.#parts;
    const running = new Set<ApplicationId>();
    const ended = new Set<ApplicationId>();
    for await (const tag of engine.list()) {
      const { kind } = await engine.observe(tag);
      (kind === "exited" || kind === "not-found" ? ended : running).add(tag);
    }
    await Promise.all([...running].map((tag) => engine.kill(tag, 0)));
    const tags = [...ended, ...running].values();
    const worker = async () => {
      for (const tag of tags) {
        await this.#untilEnded(tag);
        await engine.remove(tag);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    return running.size;
  }

  async #untilEnded(tag: ApplicationId): Promise<void> {
    const deadline = performance.now() + END_TIMEOUT_MS;
    for (;;) {
      const observation = await this.#parts.engine.observe(tag);
      if (observation.kind === "exited" || observation.kind === "not-found") return;
      if (performance.now() > deadline) {
        const reason = observation.kind === "unreachable" ? observation.reason : `It is ${observation.kind}.`;
        throw new DomainError("unavailable", `The driver of ${tag} has not ended in time. ${reason}`);
      }
      await delay(LOOK_EVERY_MS);
    }
  }
}
