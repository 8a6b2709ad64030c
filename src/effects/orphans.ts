import { type Application, type ExitCause, hasEnded } from "../core/application/application.ts";
import type { DomainEvent } from "../core/events.ts";
import type { ApplicationId, Scope } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Engine } from "../core/ports/engine.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Chore } from "./control-loop.ts";
import { Patience } from "./patience.ts";

/** How long an operator has, who restored the wrong backup, to stop the server before drivers are ended. */
export const ORPHAN_GRACE_MS = 60_000;

/**
 * How often all that the engine holds is looked through. Orphans come of what was done while no server ran, and of
 * applications that were given up: neither is an hourly event, and finished applications may be very many.
 */
export const LIST_INTERVAL_MS = 3_600_000;

/** Causes that say nothing of a process: nobody saw it end. */
const UNSEEN_ENDS: readonly ExitCause[] = ["lost", "killed", "launch-failed"];

export interface OrphanSettings {
  readonly intervalMs: number;
  /** How long a driver may take to end by itself once it was asked to. */
  readonly killGraceMs: number;
  /** Whose event it is that a driver was ended of which nothing is stored. */
  readonly home: Scope;
}

/** Told of each driver that was asked to end, and why. */
export type OnOrphan = (tag: ApplicationId, reason: string) => void;

/**
 * Looks for drivers of the engine that nothing in the store accounts for, and ends them after a grace period, with an
 * event each. Two kinds there are: the store does not know the application (its database is older than the driver), or
 * knows it as ended, which is final. What the store knows as alive is adopted, by the reconciler or when it is admitted.
 */
export class Orphans implements Chore {
  readonly name = "search for orphans";
  readonly intervalMs: number;
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;
  readonly #settings: OrphanSettings;
  readonly #onOrphan: OnOrphan;
  readonly #steady: Clock;
  readonly #seen: Patience;
  #suspects: ReadonlySet<ApplicationId> = new Set();
  #listedAtMs: number | null = null;

  /** @param steady measures how long things last; unlike the wall clock it should not jump */
  constructor(
    dependencies: Dependencies,
    engine: Engine,
    settings: OrphanSettings,
    onOrphan: OnOrphan,
    steady: Clock = dependencies.clock,
  ) {
    this.intervalMs = settings.intervalMs;
    this.#dependencies = dependencies;
    this.#engine = engine;
    this.#settings = settings;
    this.#onOrphan = onOrphan;
    this.#steady = steady;
    this.#seen = new Patience(steady);
  }

  /** One look at all that the engine holds, at the start and now and then; in between at what was found only. */
  async run(): Promise<void> {
    const orphans = new Set<ApplicationId>();
    for await (const tag of this.#toLookAt()) {
      await nextTurn();
      const application = await this.#dependencies.store.applications.get(tag);
      if (!mayBeOrphan(application)) continue;
      const { kind } = await this.#engine.observe(tag);
      if (kind !== "starting" && kind !== "running") continue;
      orphans.add(tag);
      if (this.#seen.lastedMs(tag) >= ORPHAN_GRACE_MS) await this.#end(tag, application);
    }
    this.#suspects = orphans;
    this.#seen.keepOnly(orphans);
  }

  #toLookAt(): AsyncIterable<ApplicationId> | Iterable<ApplicationId> {
    const now = this.#steady.now();
    if (this.#listedAtMs !== null && now - this.#listedAtMs < LIST_INTERVAL_MS) return this.#suspects;
    this.#listedAtMs = now;
    return this.#engine.list();
  }

  async #end(tag: ApplicationId, application: Application | null): Promise<void> {
    const { store, clock } = this.#dependencies;
    const reason =
      application === null
        ? "The store does not know this application."
        : `The application has ended as ${application.state}; its driver runs on.`;
    const { account, region } = application ?? this.#settings.home;
    const event: DomainEvent = {
      account,
      region,
      subject: { kind: "application", id: tag },
      type: "application.orphan-ended",
      atMs: clock.now(),
      detail: { reason },
    };
    // Once for each grace period, until it is gone.
    this.#seen.forget(tag);
    await store.commit([{ kind: "event", event }]);
    this.#onOrphan(tag, reason);
    await this.#engine.kill(tag, this.#settings.killGraceMs);
  }
}

/** An end that the engine reported was read from its own record: no driver outlives that. */
function mayBeOrphan(application: Application | null): boolean {
  if (application === null) return true;
  return (
    hasEnded(application.state) && application.exit !== null && UNSEEN_ENDS.includes(application.exit.cause)
  );
}

/** Gives way: the engine may hold very many. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
