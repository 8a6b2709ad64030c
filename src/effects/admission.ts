import { type AdmissionPolicy, fits, grantFor, plus } from "../core/application/admission.ts";
import type { Application } from "../core/application/application.ts";
import type { ApplicationEvent } from "../core/application/decide.ts";
import type { Grant, Resources } from "../core/application/spec.ts";
import type { Runtimes } from "../core/ports/runtimes.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { DiskFloor } from "./disk-floor.ts";

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
  readonly #floor: DiskFloor | null;

  constructor(
    dependencies: Dependencies,
    runtimes: Runtimes,
    policy: AdmissionPolicy,
    floor: DiskFloor | null = null,
  ) {
    this.#dependencies = dependencies;
    this.#runtimes = runtimes;
    this.#policy = policy;
    this.#floor = floor;
  }

  /** One pass over the line. Must not run beside itself: what is free is read once. */
  async run(): Promise<void> {
    const { store, node } = this.#dependencies;
    const shortage = (await this.#floor?.shortage()) ?? null;
    let used: Resources | null = null;
    let inLine = 0;
    const failures: unknown[] = [];
    for await (const application of store.applications.inStates(node, ["accepted"])) {
      if (inLine > TOLD_IN_LINE) break;
      // Asked for only where somebody waits: every event of every application leads here.
      used ??= await store.applications.heldBy(node);
      try {
        if (shortage !== null) {
          inLine += 1;
          await this.#tell(application, { type: "waiting", reason: shortage });
          continue;
        }
        const event = inLine > 0 ? null : await this.#consider(application, used);
        if (event === null) inLine += 1;
        await this.#tell(application, event ?? waitForRoom(application));
        if (event?.type === "admitted") used = plus(used, event.grant.granted);
      } catch (error) {
        // The next pass comes to it first again. Whether it was admitted only the store can tell.
        failures.push(error);
        used = null;
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #tell(application: Application, event: ApplicationEvent): Promise<void> {
    if (event.type === "waiting" && event.reason === application.waitingFor) return;
    await advanceApplication(this.#dependencies, application.id, event);
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
}

function waitForRoom(application: Application): ApplicationEvent {
  const { cores, memoryBytes } = application.spec.resources;
  const reason = `Waiting in line for ${cores} core${cores === 1 ? "" : "s"} and ${size(memoryBytes)} of memory.`;
  return { type: "waiting", reason };
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
