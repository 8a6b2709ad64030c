import type { Resources } from "../../src/core/application/spec.ts";
import type { ApplicationId } from "../../src/core/ids.ts";
import type { LaunchRequest, LogContainer, LogStream } from "../../src/core/ports/engine.ts";
import { type FakeEnd, FakeEngine } from "../../src/engines/fake/fake-engine.ts";

interface Driver {
  readonly granted: Resources;
  state: "starting" | "running" | "ended";
  /** It does not end when asked to, only when made to. */
  readonly deaf: boolean;
}

/** The drivers of the simulated machine: they outlive every life of the server. */
export class Drivers {
  readonly engine: FakeEngine;
  readonly #drivers = new Map<ApplicationId, Driver>();
  /** What had been printed by those of which the engine lost all trace. */
  readonly #forgotten = new Map<ApplicationId, ReadonlyMap<string, string>>();

  constructor(clock: { now(): number }) {
    this.engine = new FakeEngine(clock);
    this.engine.hold();
  }

  inState(...states: Driver["state"][]): ApplicationId[] {
    return [...this.#drivers].flatMap(([tag, { state }]) => (states.includes(state) ? [tag] : []));
  }

  wasStarted(tag: ApplicationId): boolean {
    return this.#drivers.has(tag);
  }

  isAlive(tag: ApplicationId): boolean {
    const state = this.#drivers.get(tag)?.state ?? "ended";
    return state !== "ended";
  }

  /** What the drivers that are alive were granted together. */
  held(): Resources {
    let held: Resources = { cores: 0, memoryBytes: 0 };
    for (const { state, granted } of this.#drivers.values()) {
      if (state === "ended") continue;
      held = { cores: held.cores + granted.cores, memoryBytes: held.memoryBytes + granted.memoryBytes };
    }
    return held;
  }

  async launch(request: LaunchRequest, deaf: boolean): Promise<void> {
    await this.engine.launch(request);
    if (this.#drivers.has(request.tag)) return;
    this.#drivers.set(request.tag, { granted: request.grant.granted, state: "starting", deaf });
  }

  start(tag: ApplicationId): void {
    const driver = this.#drivers.get(tag);
    if (driver?.state !== "starting") return;
    driver.state = "running";
    this.engine.start(tag);
  }

  print(tag: ApplicationId, stream: LogStream, text: string): void {
    if (this.#drivers.get(tag)?.state === "running") this.engine.write(tag, "driver", stream, text);
  }

  finish(tag: ApplicationId, end: FakeEnd): void {
    const driver = this.#drivers.get(tag);
    if (driver === undefined || driver.state === "ended") return;
    driver.state = "ended";
    this.engine.finish(tag, end);
  }

  /** Whether it is left to be made to end: what has ended or is not there needs nothing. */
  terminate(tag: ApplicationId): boolean {
    if (this.#drivers.get(tag)?.deaf === true) return true;
    this.finish(tag, { signal: "SIGTERM" });
    return false;
  }

  /** The driver dies and its record is gone. */
  async forget(tag: ApplicationId): Promise<void> {
    const texts = new Map<string, string>();
    for (const container of ["driver", "submitter"] as const) {
      for (const stream of ["stdout", "stderr"] as const)
        texts.set(`${container}/${stream}`, await this.printed(tag, container, stream));
    }
    const driver = this.#drivers.get(tag);
    if (driver !== undefined) driver.state = "ended";
    this.#forgotten.set(tag, texts);
    this.engine.forget(tag);
  }

  isForgotten(tag: ApplicationId): boolean {
    return this.#forgotten.has(tag);
  }

  async printed(tag: ApplicationId, container: LogContainer, stream: LogStream): Promise<string> {
    const remembered = this.#forgotten.get(tag)?.get(`${container}/${stream}`);
    if (remembered !== undefined) return remembered;
    const chunks = await Array.fromAsync(this.engine.logs(tag, container, stream, 0));
    return Buffer.concat(chunks.map(({ bytes }) => bytes)).toString();
  }
}
