import type { Engine } from "../core/ports/engine.ts";
import type { Runtimes } from "../core/ports/runtimes.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Admission } from "./admission.ts";
import type { LogDeliverer } from "./log-delivery.ts";
import type { Outbox } from "./outbox.ts";
import type { Reconciler } from "./reconciler.ts";
import { Trigger } from "./trigger.ts";

export interface ControlLoopParts {
  readonly dependencies: Omit<Dependencies, "wake">;
  readonly engine: Engine;
  readonly runtimes: Runtimes;
  readonly admission: Admission;
  readonly outbox: Outbox;
  readonly reconciler: Reconciler;
  readonly logs: LogDeliverer;
}

export interface ControlLoopSettings {
  /** How often every live application is looked at, hints or not. */
  readonly sweepIntervalMs: number;
  /** How far behind delivered logs may be while a driver runs. */
  readonly logIntervalMs: number;
}

/** Told of a failure that the loop goes on after. */
export type OnLoopError = (part: string, error: unknown) => void;

/**
 * Keeps the parts of the control plane going: on a wake-up admission and the outbox, on the engine's hints and now and
 * then the reconciler, now and then the delivery of logs. Everything it does can be done again after a crash.
 */
export class ControlLoop {
  readonly #parts: ControlLoopParts;
  readonly #settings: ControlLoopSettings;
  readonly #onError: OnLoopError;
  readonly #stopping = new AbortController();
  readonly #admit: Trigger;
  readonly #act: Trigger;
  readonly #sweep: Trigger;
  readonly #deliver: Trigger;
  readonly #timers: NodeJS.Timeout[] = [];
  #due: NodeJS.Timeout | null = null;
  #followers: Promise<unknown> = Promise.resolve();

  constructor(parts: ControlLoopParts, settings: ControlLoopSettings, onError: OnLoopError) {
    this.#parts = parts;
    this.#settings = settings;
    this.#onError = onError;
    const trigger = (part: string, work: () => Promise<void>) =>
      new Trigger(work, (error) => onError(part, error));
    this.#admit = trigger("admission", () => parts.admission.run());
    this.#act = trigger("outbox", () => this.#runOutbox());
    this.#sweep = trigger("reconciler", () => parts.reconciler.sweep());
    this.#deliver = trigger("log delivery", () => this.#deliverLogs());
  }

  /** Starts with a look at everything, which is how a server that was killed finds its applications. */
  start(): void {
    const { sweepIntervalMs, logIntervalMs } = this.#settings;
    this.#sweep.fire();
    this.wake();
    this.#timers.push(setInterval(() => this.#sweep.fire(), sweepIntervalMs));
    this.#timers.push(setInterval(() => this.#deliver.fire(), logIntervalMs));
    this.#followers = Promise.all([this.#followEngine(), this.#followRuntimes()]);
  }

  /** There is new work. */
  wake(): void {
    this.#admit.fire();
    this.#act.fire();
  }

  /** Ends the loop and waits for what it is doing; applications go on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#due !== null) clearTimeout(this.#due);
    await Promise.all([this.#admit.stop(), this.#act.stop(), this.#sweep.stop(), this.#deliver.stop()]);
    await this.#followers;
  }

  async #runOutbox(): Promise<void> {
    await this.#parts.outbox.run();
    const dueAtMs = await this.#parts.outbox.nextDueAtMs();
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    if (dueAtMs === null || this.#stopping.signal.aborted) return;
    const waitMs = Math.max(dueAtMs - this.#parts.dependencies.clock.now(), 0);
    this.#due = setTimeout(() => this.#act.fire(), waitMs);
  }

  async #deliverLogs(): Promise<void> {
    const { dependencies, logs } = this.#parts;
    for await (const application of dependencies.store.applications.inStates(dependencies.node, [
      "running",
    ])) {
      if (application.exit !== null) continue;
      await logs.deliver(application, false).catch((error: unknown) => this.#onError("log delivery", error));
    }
  }

  async #followEngine(): Promise<void> {
    for await (const tag of this.#parts.engine.changes(this.#stopping.signal)) {
      await this.#parts.reconciler.look(tag).catch((error: unknown) => this.#onError("reconciler", error));
      this.#admit.fire();
    }
  }

  async #followRuntimes(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#parts.runtimes.changed(this.#stopping.signal);
      this.#admit.fire();
    }
  }
}
