import { type AdmissionPolicy, fits, grantFor, plus } from "../core/application/admission.ts";
import type { Application } from "../core/application/application.ts";
import type { ApplicationEvent } from "../core/application/decide.ts";
import type { Grant, Resources } from "../core/application/spec.ts";
import type { Runtimes } from "../core/ports/runtimes.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";

/** How many applications behind the first that does not fit are told so in one pass. */
const TOLD_IN_LINE = 100;

/**
 * Admits waiting applications in the order of their making, as far as this machine's cores and memory go. One that
 * waits for a runtime lets others pass; one that waits for room does not.
 */
export class Admission {
  readonly #dependencies: Dependencies;
  readonly #runtimes: Runtimes;
  readonly #policy: AdmissionPolicy;

  constructor(dependencies: Dependencies, runtimes: Runtimes, policy: AdmissionPolicy) {
    this.#dependencies = dependencies;
    this.#runtimes = runtimes;
    this.#policy = policy;
  }

  /** One pass over the line. Must not run beside itself: what is free is read once. */
  async run(): Promise<void> {
    const { store, node } = this.#dependencies;
    let used = await this.#used();
    let inLine = 0;
    for await (const application of store.applications.inStates(node, ["accepted"])) {
      if (inLine > TOLD_IN_LINE) return;
      const event = inLine > 0 ? null : await this.#consider(application, used);
      if (event === null) inLine += 1;
      else if (event.type === "admitted") used = plus(used, event.grant.granted);
      await advanceApplication(this.#dependencies, application.id, event ?? waitForRoom(application));
    }
  }

  /** Null where there is no room for it now. */
  async #consider(application: Application, used: Resources): Promise<ApplicationEvent | null> {
    const status = await this.#runtimes.resolve(application.spec.runtime);
    const { sparkVersion } = application.spec.runtime;
    switch (status.kind) {
      case "installing":
        return { type: "waiting", reason: `Waiting for Spark ${sparkVersion}: ${status.progress}` };
      case "missing":
        return {
          type: "refused",
          cause: "refused",
          reason: `Spark ${sparkVersion} is not installed: run '${status.command}'.`,
        };
      case "unsupported":
        return { type: "refused", cause: "refused", reason: status.reason };
      case "installed":
        return this.#grant(application, used);
    }
  }

  #grant(application: Application, used: Resources): ApplicationEvent | null {
    const grant: Grant | null = grantFor(application.spec.resources, this.#policy);
    if (grant === null) {
      const { memoryBytes } = application.spec.resources;
      const reason = `Cluster does not have sufficient resources: ${size(memoryBytes)} of memory asked, ${size(this.#policy.capacity.memoryBytes)} there (engine.process.memory is strict).`;
      return { type: "refused", cause: "insufficient-resources", reason };
    }
    return fits(used, grant, this.#policy) ? { type: "admitted", grant } : null;
  }

  async #used(): Promise<Resources> {
    const { store, node } = this.#dependencies;
    let used: Resources = { cores: 0, memoryBytes: 0 };
    for await (const { grant, exit } of store.applications.inStates(node, ["launching", "running"])) {
      // A driver that has ended holds nothing, although its logs are still on their way.
      if (grant !== null && exit === null) used = plus(used, grant.granted);
    }
    return used;
  }
}

function waitForRoom(application: Application): ApplicationEvent {
  const { cores, memoryBytes } = application.spec.resources;
  const reason = `Waiting in line for ${cores} core${cores === 1 ? "" : "s"} and ${size(memoryBytes)} of memory.`;
  return { type: "waiting", reason };
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
