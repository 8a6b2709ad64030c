import { hasEnded } from "../core/application/application.ts";
import type { Effect, EffectKind } from "../core/effects.ts";
import type { ApplicationId } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import { type Engine, LaunchError } from "../core/ports/engine.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { isHopeless } from "./hopeless.ts";
import type { LogDeliverer } from "./log-delivery.ts";
import { Patience } from "./patience.ts";

/** Applications whose effects are done side by side: one with much to deliver must not hold up the others. */
const SIDE_BY_SIDE = 32;
/** An application has a launch, a kill and a settlement at most, so that this many effects name enough applications. */
const LOOK_AHEAD = SIDE_BY_SIDE * 4;
/** More effects than a server leaves behind. */
const ALL = 100_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

export interface OutboxSettings {
  /** How long a driver may take to end by itself once it was asked to. */
  readonly killGraceMs: number;
  /** How long a server tries to deliver the logs of a driver that has ended. */
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
  readonly #steady: Clock;
  readonly #undelivered: Patience;
  readonly #underWay = new Map<ApplicationId, Promise<void>>();
  /** Applications that are left alone since not even a failure could be stored, and until when by the steady clock. */
  readonly #restUntil = new Map<ApplicationId, number>();
  /** How far the wall clock is ahead of the steady one, at most; null before the first look. */
  #aheadMs: number | null = null;

  /** @param steady measures how long things last; unlike the wall clock it should not jump */
  constructor(
    dependencies: Dependencies,
    engine: Engine,
    logs: LogDeliverer,
    settings: OutboxSettings,
    onFailure: OnEffectFailure,
    steady: Clock = dependencies.clock,
  ) {
    this.#dependencies = dependencies;
    this.#engine = engine;
    this.#logs = logs;
    this.#settings = settings;
    this.#onFailure = onFailure;
    this.#steady = steady;
    this.#undelivered = new Patience(steady);
  }

  /**
   * Begins what is due, as far as there is room, and does not wait for it; `onSettled` is called as often as there may
   * be more to begin. Must not run beside itself.
   */
  async begin(onSettled: () => void): Promise<void> {
    const { store, node } = this.#dependencies;
    const nowMs = await this.#now();
    let due: readonly Effect[];
    let before: ApplicationId[];
    do {
      before = [...this.#underWay.keys()];
      due = await store.effects.due(node, nowMs, LOOK_AHEAD);
      // What ended while the store was read may still be among what it answered.
    } while (before.some((application) => !this.#underWay.has(application)));
    for (const [application, effects] of Map.groupBy(due, (effect) => effect.application)) {
      if (this.#underWay.size >= SIDE_BY_SIDE) return;
      if (this.#underWay.has(application) || this.#rests(application)) continue;
      const work = this.#inOrder(effects).finally(() => {
        this.#underWay.delete(application);
        onSettled();
      });
      this.#underWay.set(application, work);
    }
  }

  /** Does everything that is due, also what comes of it, and waits for it. */
  async run(): Promise<void> {
    for (;;) {
      await this.begin(() => undefined);
      if (this.#underWay.size === 0) return;
      await Promise.race(this.#underWay.values());
    }
  }

  /** Waits for what is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** When to begin again, in milliseconds since 1970; null where nothing waits. */
  nextDueAtMs(): Promise<number | null> {
    return this.#dependencies.store.effects.nextDueAtMs(this.#dependencies.node);
  }

  /**
   * The time by which effects fall due: that of the wall clock, but it never goes back. What an earlier server stored
   * for a time further away than any retry was stored by a clock that was wrong, and is due at once.
   */
  async #now(): Promise<number> {
    const { store, clock, node } = this.#dependencies;
    const aheadMs = clock.now() - this.#steady.now();
    if (this.#aheadMs === null) {
      const left = await store.effects.due(node, Number.MAX_SAFE_INTEGER, ALL);
      const latestMs = left.reduce((latest, { dueAtMs }) => Math.max(latest, dueAtMs), 0);
      const fromWrongClock = latestMs - clock.now() > LONGEST_RETRY_MS;
      this.#aheadMs = fromWrongClock ? latestMs - this.#steady.now() : aheadMs;
    }
    this.#aheadMs = Math.max(this.#aheadMs, aheadMs);
    // The steady clock counts parts of milliseconds, the store only whole ones.
    return Math.floor(this.#steady.now() + this.#aheadMs);
  }

  /** Never rejects: what cannot even be put off is due still, and left alone for a moment. */
  async #inOrder(effects: readonly Effect[]): Promise<void> {
    for (const effect of effects) {
      try {
        await this.#do[effect.kind](effect);
      } catch (error) {
        this.#onFailure(effect, error);
        await this.#tryLater(effect, error).catch((problem: unknown) => {
          this.#onFailure(effect, problem);
          this.#restUntil.set(effect.application, this.#steady.now() + FIRST_RETRY_MS);
        });
        return;
      }
    }
  }

  #rests(application: ApplicationId): boolean {
    const until = this.#restUntil.get(application);
    if (until !== undefined && this.#steady.now() < until) return true;
    this.#restUntil.delete(application);
    return false;
  }

  readonly #do = {
    launch: (effect) => this.#launch(effect),
    kill: (effect) => this.#kill(effect),
    "settle-logs": (effect) => this.#settleLogs(effect),
  } as const satisfies Record<EffectKind, (effect: Effect) => Promise<void>>;

  async #launch(effect: Effect): Promise<void> {
    const application = await this.#dependencies.store.applications.get(effect.application);
    if (application === null || application.exit !== null || hasEnded(application.state))
      return this.#done(effect);
    const { id, account, region, owner, spec, grant } = application;
    if (grant === null) throw new Error(`${id} is to be launched and was granted nothing`);
    if (application.killRequestedAtMs !== null) return this.#endUnlaunched(effect, id);
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

  /** A launch that is done when an end was asked for already: it must not start what nobody will end. */
  async #endUnlaunched(effect: Effect, id: ApplicationId): Promise<void> {
    const observation = await this.#engine.observe(id);
    if (observation.kind === "unreachable") throw new Error(observation.reason);
    if (observation.kind === "not-found") {
      const reason = "It was asked to end before it was launched.";
      const refused = { type: "refused", cause: "killed", reason } as const;
      await advanceApplication(this.#dependencies, id, refused, effect.id);
      return;
    }
    // An earlier try got as far as that; the kill may have come before it.
    await this.#engine.kill(id, this.#settings.killGraceMs);
    await advanceApplication(this.#dependencies, id, { type: "observed", observation }, effect.id);
  }

  async #kill(effect: Effect): Promise<void> {
    await this.#engine.kill(effect.application, this.#settings.killGraceMs);
    await this.#done(effect);
  }

  async #settleLogs(effect: Effect): Promise<void> {
    const application = await this.#dependencies.store.applications.get(effect.application);
    if (application === null || hasEnded(application.state)) return this.#done(effect);
    if (application.exit === null)
      throw new Error(`${application.id} has not ended, and its logs are to be settled`);
    let problem: string | null = null;
    try {
      await this.#logs.deliver(application, true);
    } catch (error) {
      const isPatient =
        !isHopeless(error) && this.#undelivered.lastedMs(effect.id) < this.#settings.logGiveUpMs;
      if (isPatient) throw error;
      problem = messageOf(error);
    }
    const settled = { type: "logs-settled", problem } as const;
    await advanceApplication(this.#dependencies, application.id, settled, effect.id);
    this.#undelivered.forget(effect.id);
  }

  #done(effect: Effect): Promise<void> {
    return this.#dependencies.store.commit([{ kind: "effect-done", id: effect.id }]);
  }

  async #tryLater(effect: Effect, error: unknown): Promise<void> {
    const attempts = effect.attempts + 1;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS);
    const dueAtMs = (await this.#now()) + waitMs;
    await this.#dependencies.store.commit([
      { kind: "effect-failed", id: effect.id, attempts, dueAtMs, error: messageOf(error) },
    ]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
