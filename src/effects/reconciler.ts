import type { Application } from "../core/application/application.ts";
import { startDeadlineMs } from "../core/application/decide.ts";
import type { ApplicationId } from "../core/ids.ts";
import type { Engine } from "../core/ports/engine.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";

/** Compares what the store says with what the engine reports, and feeds the difference back as events. */
export class Reconciler {
  readonly #dependencies: Dependencies;
  readonly #engine: Engine;

  constructor(dependencies: Dependencies, engine: Engine) {
    this.#dependencies = dependencies;
    this.#engine = engine;
  }

  /** Looks at every application of this node that should be alive. */
  async sweep(): Promise<void> {
    const { store, node } = this.#dependencies;
    for await (const application of store.applications.inStates(node, ["launching", "running"])) {
      await this.#look(application);
    }
  }

  /** Looks at one, because the engine hinted that it moved. */
  async look(id: ApplicationId): Promise<void> {
    const application = await this.#dependencies.store.applications.get(id);
    if (application !== null) await this.#look(application);
  }

  async #look(application: Application): Promise<void> {
    if (application.exit !== null || application.state === "accepted") return;
    const observation = await this.#engine.observe(application.id);
    const seen = await advanceApplication(this.#dependencies, application.id, {
      type: "observed",
      observation,
    });
    const deadline = seen === null ? null : startDeadlineMs(seen);
    if (deadline !== null && this.#dependencies.clock.now() >= deadline) {
      await advanceApplication(this.#dependencies, application.id, { type: "start-timed-out" });
    }
  }
}
