import { type AdmissionPolicy, fits, grantFor, plus } from "../core/application/admission.ts";
import type { Application } from "../core/application/application.ts";
import type { ApplicationEvent } from "../core/application/decide.ts";
import type { Grant, Resources } from "../core/application/spec.ts";
import type { Runtimes } from "../core/ports/runtimes.ts";
import { advanceApplication } from "../use-cases/advance-application.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { DiskFloor } from "./disk-floor.ts";
import { QueuePlaces } from "./queue-places.ts";

type Admitted = Extract<ApplicationEvent, { type: "admitted" }>;
type Considered = Extract<ApplicationEvent, { type: "admitted" | "refused" | "waiting" }>;

/** How many applications behind the first that does not fit are told so in one pass. */
const TOLD_IN_LINE = 100;

/**
 * Admits waiting applications in the order of their making, as far as this machine's cores and memory go, and each
 * queue's limits. One that waits for its queue or for a runtime lets others pass; one that waits for room does not.
 */
export class Admission {
  readonly #dependencies: Dependencies;
  readonly #runtimes: Runtimes;
  readonly #policy: AdmissionPolicy;
  readonly #floor: DiskFloor | null;
  #lineIsLong = false;

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

  /** Whether the last pass did not look at the line's end: then no pass is needed because one more stands there. */
  get lineIsLong(): boolean {
    return this.#lineIsLong;
  }

  /** One pass over the line. Must not run beside itself: what is free is read once. */
  async run(): Promise<void> {
    this.#lineIsLong = false;
    const { store, node } = this.#dependencies;
    const shortage = (await this.#floor?.shortage()) ?? null;
    const places = new QueuePlaces(store);
    let used: Resources | null = null;
    let inLine = 0;
    let lineIsLong = false;
    const failures: unknown[] = [];
    for await (const application of store.applications.inStates(node, ["accepted"], places.full)) {
      if (inLine > TOLD_IN_LINE) {
        lineIsLong = true;
        break;
      }
      try {
        if (shortage !== null) {
          inLine += 1;
          await this.#tell(application, shortage);
          continue;
        }
        const reason = await places.reasonToWait(application);
        if (reason !== null) {
          await this.#tell(application, reason);
          continue;
        }
        // Asked for only where somebody waits: every event of every application leads here.
        used ??= await store.applications.heldBy(node);
        const event = inLine > 0 ? null : await this.#consider(application, used);
        if (event?.type === "admitted") {
          const admitted = await this.#admit(application, event, places);
          if (admitted) used = plus(used, event.grant.granted);
        } else if (event?.type === "refused")
          await advanceApplication(this.#dependencies, application.id, event);
        else {
          if (event === null) inLine += 1;
          await this.#tell(application, event?.reason ?? roomToWaitFor(application));
        }
      } catch (error) {
        // The next pass comes to it first again. Whether it was admitted only the store can tell.
        failures.push(error);
        used = null;
        places.forget(application);
      }
    }
    if (failures.length > 0) throw failures[0];
    this.#lineIsLong = lineIsLong;
  }

  async #tell(application: Application, reason: string): Promise<void> {
    if (reason === application.waitingFor) return;
    await advanceApplication(this.#dependencies, application.id, { type: "waiting", reason });
  }

  /** False where it was cancelled meanwhile, or another server took its queue's last place. */
  async #admit(application: Application, event: Admitted, places: QueuePlaces): Promise<boolean> {
    const claim = () => places.claim(application);
    const after = await advanceApplication(this.#dependencies, application.id, event, null, claim);
    const admitted = after?.state === "launching";
    if (admitted) places.taken(application);
    else places.forget(application);
    return admitted;
  }

  /** Null where there is no room for it now. */
  async #consider(application: Application, used: Resources): Promise<Considered | null> {
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
        return this.#grant(application, used, status.substitution);
    }
  }

  #grant(application: Application, used: Resources, substitution?: string): Considered | null {
    const resources: Grant | null = grantFor(application.spec.resources, this.#policy);
    if (resources === null) {
      const { memoryBytes } = application.spec.resources;
      const reason = `${size(memoryBytes)} of memory asked, ${size(this.#policy.capacity.memoryBytes)} there (engine.process.memory is strict).`;
      return { type: "refused", cause: "insufficient-resources", reason };
    }
    const grant = substitution === undefined ? resources : { ...resources, substitution };
    return fits(used, grant, this.#policy) ? { type: "admitted", grant } : null;
  }
}

function roomToWaitFor(application: Application): string {
  const { cores, memoryBytes } = application.spec.resources;
  return `Waiting in line for ${cores} core${cores === 1 ? "" : "s"} and ${size(memoryBytes)} of memory.`;
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
