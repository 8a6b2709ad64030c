import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "../core/ports/engine.ts";
import type { Runtimes } from "../core/ports/runtimes.ts";
import type { Dependencies, News } from "../use-cases/dependencies.ts";
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
  /** What else is to be done now and then. */
  readonly chores?: readonly Chore[];
}

/** A piece of work that is done at the start and then every so often, never beside itself. */
export interface Chore {
  /** For the log, should it fail. */
  readonly name: string;
  readonly intervalMs: number;
  /** Whether it is done besides whenever there is new work. */
  readonly onWake?: boolean;
  run(): Promise<void>;
}

export interface ControlLoopSettings {
  /** How often every live application is looked at, hints or not. */
  readonly sweepIntervalMs: number;
  /** How far behind delivered logs may be while a driver runs. */
  readonly logIntervalMs: number;
  /**
   * Between a look at the waiting line, or at what else a wake-up leads to, and the next. A look costs more than taking
   * a request does: in a storm of them it would otherwise cost more than all of them.
   */
  readonly lookRestMs: number;
}

/** Told of a failure that the loop goes on after. */
export type OnLoopError = (part: string, error: unknown) => void;

/** Running drivers whose logs are carried side by side, so that one that prints much does not hold up the others. */
const DELIVERED_SIDE_BY_SIDE = 8;
/** Timers may go off, and the outbox's clock may be, a millisecond early: then nothing would be due. */
const LATER_MS = 5;
/** As `lookRestMs`, for the outbox, on which launches and kills wait. */
const OUTBOX_REST_MS = 5;
/** Before something that is followed is followed again after it failed. */
const FOLLOW_AGAIN_MS = 1_000;

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
  readonly #chores: readonly {
    readonly trigger: Trigger;
    readonly intervalMs: number;
    readonly onWake: boolean;
  }[];
  readonly #timers: NodeJS.Timeout[] = [];
  #due: NodeJS.Timeout | null = null;
  #followers: Promise<unknown> = Promise.resolve();

  constructor(parts: ControlLoopParts, settings: ControlLoopSettings, onError: OnLoopError) {
    this.#parts = parts;
    this.#settings = settings;
    this.#onError = onError;
    const trigger = (part: string, work: () => Promise<void>, restMs = 0) =>
      new Trigger(work, (error) => onError(part, error), restMs);
    this.#admit = trigger("admission", () => parts.admission.run(), settings.lookRestMs);
    this.#act = trigger("outbox", () => this.#runOutbox(), Math.min(OUTBOX_REST_MS, settings.lookRestMs));
    this.#sweep = trigger("reconciler", () => parts.reconciler.sweep());
    this.#deliver = trigger("log delivery", () => this.#deliverLogs());
    this.#chores = (parts.chores ?? []).map((chore) => ({
      trigger: trigger(chore.name, () => chore.run(), settings.lookRestMs),
      intervalMs: chore.intervalMs,
      onWake: chore.onWake === true,
    }));
  }

  /** Starts with a look at everything, which is how a server that was killed finds its applications. */
  start(): void {
    const { sweepIntervalMs, logIntervalMs } = this.#settings;
    // A part that failed when it was woken is woken again by this, whether or not anything happens.
    const lookAtAll = () => {
      this.#sweep.fire();
      this.wake();
    };
    this.#every(sweepIntervalMs, lookAtAll);
    this.#timers.push(setInterval(() => this.#deliver.fire(), logIntervalMs));
    for (const { trigger, intervalMs } of this.#chores) this.#every(intervalMs, () => trigger.fire());
    this.#followers = Promise.all([
      this.#keepOn("the engine's hints", () => this.#followEngine()),
      this.#keepOn("the runtimes' changes", () => this.#followRuntimes()),
    ]);
  }

  /** There is new work. Where no more than the line got longer, admission alone has a look, if it comes to the line's end. */
  wake(news: News = "anything"): void {
    if (news === "in-line") {
      if (!this.#parts.admission.lineIsLong) this.#admit.fire();
      return;
    }
    this.#admit.fire();
    this.#act.fire();
    for (const { trigger, onWake } of this.#chores) if (onWake) trigger.fire();
  }

  /** Ends the loop and waits for what it is doing; applications go on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#due !== null) clearTimeout(this.#due);
    const triggers = [this.#admit, this.#act, this.#sweep, this.#deliver];
    await Promise.all(
      [...triggers, ...this.#chores.map(({ trigger }) => trigger)].map((each) => each.stop()),
    );
    await this.#parts.outbox.settled();
    await this.#followers;
  }

  #every(intervalMs: number, work: () => void): void {
    work();
    this.#timers.push(setInterval(work, intervalMs));
  }

  async #runOutbox(): Promise<void> {
    await this.#parts.outbox.begin(() => this.#act.fire());
    const dueAtMs = await this.#parts.outbox.nextDueAtMs();
    if (this.#due !== null) clearTimeout(this.#due);
    this.#due = null;
    if (dueAtMs === null || this.#stopping.signal.aborted) return;
    const waitMs = dueAtMs - this.#parts.dependencies.clock.now();
    // What is due is under way, or the end of what is under way makes room for it; the sweep is never far.
    if (waitMs > 0 && waitMs < this.#settings.sweepIntervalMs)
      this.#due = setTimeout(() => this.#act.fire(), waitMs + LATER_MS);
  }

  async #deliverLogs(): Promise<void> {
    const { dependencies, logs } = this.#parts;
    const running = dependencies.store.applications.inStates(dependencies.node, ["running"]);
    const line = running[Symbol.asyncIterator]();
    const carrier = async () => {
      for (let next = await line.next(); !next.done; next = await line.next()) {
        if (this.#stopping.signal.aborted) return;
        if (next.value.exit !== null) continue;
        await logs.deliver(next.value, false).catch((error: unknown) => this.#onError("log delivery", error));
      }
    };
    await Promise.all(Array.from({ length: DELIVERED_SIDE_BY_SIDE }, carrier));
  }

  async #followEngine(): Promise<void> {
    for await (const tag of this.#parts.engine.changes(this.#stopping.signal)) {
      await this.#parts.reconciler.look(tag).catch((error: unknown) => this.#onError("reconciler", error));
      this.#admit.fire();
    }
    if (!this.#stopping.signal.aborted) throw new Error("the engine tells of no more changes");
  }

  async #followRuntimes(): Promise<void> {
    await this.#parts.runtimes.changed(this.#stopping.signal);
    this.#admit.fire();
  }

  /** Follows for as long as the loop runs, also after a failure; what is missed meanwhile the sweep finds. */
  async #keepOn(what: string, follow: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await follow().catch(async (error: unknown) => {
        this.#onError(what, error);
        const { signal } = this.#stopping;
        await delay(FOLLOW_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      });
    }
  }
}
