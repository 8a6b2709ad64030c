import { setTimeout as delay } from "node:timers/promises";
import type { ExitCause } from "../../core/application/application.ts";
import type { ApplicationId } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type {
  Engine,
  EngineProcess,
  LaunchRequest,
  LogChunk,
  LogContainer,
  LogStream,
  Observation,
} from "../../core/ports/engine.ts";

/** How a fake driver ends. */
export interface FakeEnd {
  readonly code?: number;
  readonly signal?: string;
  /** By default `killed` for a signal and `exited` for a code. */
  readonly cause?: ExitCause;
  readonly summary?: string;
}

/** What a driver does once it has started; without `end` it runs until a test or a kill ends it. */
export interface FakeScript {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly end?: FakeEnd;
  readonly ignoresTermination?: boolean;
}

interface FakeApplication {
  state: Observation;
  readonly script: FakeScript;
  readonly streams: Map<string, Buffer>;
}

/** An engine in memory whose drivers do what a test says. */
export class FakeEngine implements Engine {
  readonly name = "fake";
  /** The requests that started a driver, in their order. */
  readonly started: LaunchRequest[] = [];
  readonly #clock: Clock;
  readonly #applications = new Map<ApplicationId, FakeApplication>();
  readonly #scripts = new Map<ApplicationId, FakeScript>();
  readonly #launchFailures = new Map<ApplicationId, Error>();
  readonly #listeners = new Set<(tag: ApplicationId) => void>();
  #holding = false;
  #unreachable: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Says what the driver of a later launch does. */
  script(tag: ApplicationId, script: FakeScript): void {
    this.#scripts.set(tag, script);
  }

  /** From now on launched drivers stay `starting` until `start`. */
  hold(): void {
    this.#holding = true;
  }

  start(tag: ApplicationId): void {
    const application = this.#application(tag);
    const { stdout, stderr, end } = application.script;
    application.state = { kind: "running" };
    if (stdout !== undefined) this.write(tag, "driver", "stdout", stdout);
    if (stderr !== undefined) this.write(tag, "driver", "stderr", stderr);
    this.#hint(tag);
    if (end !== undefined) this.finish(tag, end);
  }

  finish(tag: ApplicationId, end: FakeEnd): void {
    const application = this.#application(tag);
    if (application.state.kind === "exited") return;
    const { code = null, signal = null, summary = null } = end;
    const cause = end.cause ?? (signal === null ? "exited" : "killed");
    application.state = { kind: "exited", code, signal, cause, summary, atMs: this.#clock.now() };
    this.#hint(tag);
  }

  /** Adds to a stream. */
  write(tag: ApplicationId, container: LogContainer, stream: LogStream, text: string): void {
    const { streams } = this.#application(tag);
    const key = `${container}/${stream}`;
    streams.set(key, Buffer.concat([streams.get(key) ?? Buffer.alloc(0), Buffer.from(text)]));
  }

  /** The next launch of this tag throws, once. */
  failLaunch(tag: ApplicationId, error: Error): void {
    this.#launchFailures.set(tag, error);
  }

  /** Loses all trace of an application, as if its record had been removed. */
  forget(tag: ApplicationId): void {
    this.#applications.delete(tag);
    this.#hint(tag);
  }

  /** While there is a reason, every observation is `unreachable`. */
  setUnreachable(reason: string | null): void {
    this.#unreachable = reason;
  }

  async launch(request: LaunchRequest): Promise<void> {
    const { tag } = request;
    const failure = this.#launchFailures.get(tag);
    this.#launchFailures.delete(tag);
    if (failure !== undefined) throw failure;
    if (this.#applications.has(tag)) return;
    this.started.push(request);
    const state: Observation = { kind: "starting", reason: "The test holds it." };
    this.#applications.set(tag, { state, script: this.#scripts.get(tag) ?? {}, streams: new Map() });
    this.write(tag, "submitter", "stdout", `launched ${tag}\n`);
    if (!this.#holding) this.start(tag);
  }

  async observe(tag: ApplicationId): Promise<Observation> {
    if (this.#unreachable !== null) return { kind: "unreachable", reason: this.#unreachable };
    return this.#applications.get(tag)?.state ?? { kind: "not-found" };
  }

  async *list(): AsyncIterable<ApplicationId> {
    yield* [...this.#applications.keys()];
  }

  async *changes(signal: AbortSignal): AsyncIterable<ApplicationId> {
    const pending = new Set<ApplicationId>();
    let wake = () => {};
    const listener = (tag: ApplicationId) => {
      pending.add(tag);
      wake();
    };
    const stop = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        for (const tag of pending) {
          pending.delete(tag);
          yield tag;
        }
        if (pending.size > 0 || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener("abort", stop);
    }
  }

  async kill(tag: ApplicationId, graceMs: number): Promise<void> {
    const application = this.#applications.get(tag);
    if (application === undefined) return;
    if (!application.script.ignoresTermination) this.finish(tag, { signal: "SIGTERM" });
    else void delay(graceMs, undefined, { ref: false }).then(() => this.finish(tag, { signal: "SIGKILL" }));
  }

  async *logs(
    tag: ApplicationId,
    container: LogContainer,
    stream: LogStream,
    offset: number,
  ): AsyncIterable<LogChunk> {
    const bytes = this.#applications.get(tag)?.streams.get(`${container}/${stream}`);
    if (bytes !== undefined && offset < bytes.length) yield { offset, bytes: bytes.subarray(offset) };
  }

  async processes(): Promise<EngineProcess[]> {
    return [];
  }

  async remove(tag: ApplicationId): Promise<void> {
    const observation = await this.observe(tag);
    if (observation.kind === "not-found") return;
    if (observation.kind !== "exited") throw new Error(`${tag} has not ended: it is ${observation.kind}.`);
    this.#applications.delete(tag);
  }

  #application(tag: ApplicationId): FakeApplication {
    const application = this.#applications.get(tag);
    if (application === undefined) throw new Error(`The test speaks of ${tag}, which was not launched.`);
    return application;
  }

  #hint(tag: ApplicationId): void {
    for (const listener of this.#listeners) listener(tag);
  }
}
