import { hasEnded } from "../core/application/application.ts";
import type { Effect, EffectKind } from "../core/effects.ts";
import { type Engine, LaunchError } from "../core/ports/engine.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { LogDeliverer } from "./log-delivery.ts";

const BATCH = 32;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface OutboxSettings {
  /** How long a driver may take to end by itself once it was asked to. */
  readonly killGraceMs: number;
  /** How long after a driver's end its logs are tried to be delivered. */
  readonly logGiveUpMs: number;
}

/** Told of each effect that failed and will be tried again. */
export type OnEffectFailure = (effect: Effect, error: unknown) => void;

/**
 * Does what stored decisions ask for, at least once and in the order of their making per application. The result of
 * each goes back as an event, in the transaction that ends the effect.
 */
export class Outbox {
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;
  readonly #logs: LogDeliverer;
  readonly #settings: OutboxSettings;
  readonly #onFailure: OnEffectFailure;

  constructor(
    dependencies: Dependencies,
    engine: Engine,
    logs: LogDeliverer,
    settings: OutboxSettings,
    onFailure: OnEffectFailure,
  ) {
    this.#dependencies = dependencies;
    this.#engine = engine;
    this.#logs = logs;
    this.#settings = settings;
    this.#onFailure = onFailure;
  }

  /** Does everything that is due. Must not run beside itself. */
  async run(): Promise<void> {
    const { store, clock, node } = this.#dependencies;
    for (;;) {
      const due = await store.effects.due(node, clock.now(), BATCH);
      if (due.length === 0) return;
      const byApplication = Map.groupBy(due, (effect) => effect.application);
      await Promise.all([...byApplication.values()].map((effects) => this.#inOrder(effects)));
    }
  }

  /** When to run again, in milliseconds since 1970; null where nothing waits. */
  nextDueAtMs(): Promise<number | null> {
    return this.#dependencies.store.effects.nextDueAtMs(this.#dependencies.node);
  }

  async #inOrder(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      try {
        await this.#do[effect.kind](effect);
      } catch (error) {
        this.#onFailure(effect, error);
        await this.#tryLater(effect, error);
        return;
      }
    }
  }

  readonly #do = {
    launch: (effect) => this.#launch(effect),
    kill: (effect) => this.#kill(effect),
    "settle-logs": (effect) => this.#settleLogs(effect),
  } as const satisfies Record<EffectKind, (effect: Effect) => Promise<void>>;

  async #launch(effect: Effect): Promise<void> {
    const application = await this.#dependencies.store.applications.get(effect.application);
    if (application?.grant == null || application.exit !== null || hasEnded(application.state)) {
      return this.#done(effect);
    }
    const { id, account, region, owner, spec, grant } = application;
    if (application.killRequestedAtMs !== null && (await this.#engine.observe(id)).kind === "not-found") {
      const reason = "It was asked to end before it was launched.";
      await advanceApplication(
        this.#dependencies,
        id,
        { type: "refused", cause: "killed", reason },
        effect.id,
      );
      return;
    }
    try {
      await this.#engine.launch({ tag: id, account, region, ownerId: owner.id, spec, grant });
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      const refused = { type: "refused", cause: "launch-failed", reason: error.message } as const;
      await advanceApplication(this.#dependencies, id, refused, effect.id);
      return;
    }
    const observation = await this.#engine.observe(id);
    await advanceApplication(this.#dependencies, id, { type: "observed", observation }, effect.id);
  }

  async #kill(effect: Effect): Promise<void> {
    await this.#engine.kill(effect.application, this.#settings.killGraceMs);
    await this.#done(effect);
  }

  async #settleLogs(effect: Effect): Promise<void> {
    const { store, clock } = this.#dependencies;
    const application = await store.applications.get(effect.application);
    if (application?.exit == null || hasEnded(application.state)) return this.#done(effect);
    let problem: string | null = null;
    try {
      await this.#logs.deliver(application, true);
    } catch (error) {
      if (clock.now() - application.exit.atMs < this.#settings.logGiveUpMs) throw error;
      problem = messageOf(error);
    }
    await advanceApplication(
      this.#dependencies,
      application.id,
      { type: "logs-settled", problem },
      effect.id,
    );
  }

  #done(effect: Effect): Promise<void> {
    return this.#dependencies.store.commit([{ kind: "effect-done", id: effect.id }]);
  }

  #tryLater(effect: Effect, error: unknown): Promise<void> {
    const attempts = effect.attempts + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    const dueAtMs = this.#dependencies.clock.now() + waitMs;
    return this.#dependencies.store.commit([
      { kind: "effect-failed", id: effect.id, attempts, dueAtMs, error: messageOf(error) },
    ]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
