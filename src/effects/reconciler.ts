import { type Application, hasEnded } from "../core/application/application.ts";
import type { ApplicationId } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Engine } from "../core/ports/engine.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { Patience } from "./patience.ts";

/** How long an engine must be sure, look after look, that it does not hold an application before that ends it. */
export const NOT_FOUND_GRACE_MS = 30_000;

/** Compares what the store says with what the engine reports, and feeds the difference back as events. */
export class Reconciler {
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;
  readonly #missing: Patience;
  readonly #starting: Patience;

  /** @param steady measures how long things last; unlike the wall clock it should not jump */
  constructor(dependencies: Dependencies, engine: Engine, steady: Clock = dependencies.clock) {
    this.#dependencies = dependencies;
    this.#engine = engine;
    this.#missing = new Patience(steady);
    this.#starting = new Patience(steady);
  }

  /** Looks at every application of this node that should be alive. Throws the first failure after having tried all. */
  async sweep(): Promise<void> {
    const { store, node } = this.#dependencies;
    const alive = new Set<ApplicationId>();
    const failures: unknown[] = [];
    for await (const application of store.applications.inStates(node, ["launching", "running"])) {
      alive.add(application.id);
      await this.#look(application).catch((error: unknown) => failures.push(error));
    }
    this.#missing.keepOnly(alive);
    this.#starting.keepOnly(alive);
    if (failures.length > 0) throw failures[0];
  }

  /** Looks at one, because the engine hinted that it moved. */
  async look(id: ApplicationId): Promise<void> {
    const application = await this.#dependencies.store.applications.get(id);
    if (application !== null) await this.#look(application);
  }

  /** Why the launch has failed so far; null where it is not what is waited for. */
  async #launchProblem(id: ApplicationId): Promise<string | null> {
    const effects = await this.#dependencies.store.effects.of(id);
    return effects.find(({ kind }) => kind === "launch")?.lastError ?? null;
  }

  async #look(application: Application): Promise<void> {
    const { id } = application;
    if (application.exit !== null || application.state === "accepted" || hasEnded(application.state)) return;
    const observation = await this.#engine.observe(id);
    const seen = await advanceApplication(this.#dependencies, id, { type: "observed", observation });
    if (observation.kind !== "not-found") this.#missing.forget(id);
    else if (this.#missing.lastedMs(id) >= NOT_FOUND_GRACE_MS)
      await advanceApplication(this.#dependencies, id, { type: "lost" });
    if (seen?.state !== "launching") this.#starting.forget(id);
    else if (this.#starting.lastedMs(id) >= seen.spec.startTimeoutSeconds * 1000)
      await advanceApplication(this.#dependencies, id, {
        type: "start-timed-out",
        problem: await this.#launchProblem(id),
      });
  }
}
