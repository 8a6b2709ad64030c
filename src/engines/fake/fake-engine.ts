import { setTimeout as delay } from "node:timers/promises";
import type { ExitCause } from "../../core/application/application.ts";
import type { LogRotation } from "../../core/application/spec.ts";
import type { ApplicationId } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import {
  type Engine,
  type EngineProcess,
  executorNumber,
  isLogContainer,
  type LaunchRequest,
  LOG_CONTAINERS,
  type LogChunk,
  type LogContainer,
  type LogFile,
  type LogStream,
  type Observation,
  ONLY_FILE,
} from "../../core/ports/engine.ts";
import { TagQueue } from "../tag-queue.ts";

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
  readonly rotation: LogRotation | null;
  /** Where each stream starts by now: what was before it was let go. */
  readonly starts: Map<string, number>;
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
    const script = this.#scripts.get(tag) ?? {};
    const rotation = request.spec.logs.rotation ?? null;
    this.#applications.set(tag, { state, script, streams: new Map(), rotation, starts: new Map() });
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
    const queue = new TagQueue();
    const listener = (tag: ApplicationId) => queue.add(tag);
    const stop = () => queue.wake();
    this.#listeners.add(listener);
    signal.addEventListener("abort", stop);
    try {
      yield* queue.read(signal);
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
    const application = this.#applications.get(tag);
    const key = `${container}/${stream}`;
    const bytes = application?.streams.get(key);
    if (application === undefined || bytes === undefined) return;
    let position = Math.max(offset, application.starts.get(key) ?? 0);
    while (position < bytes.length) {
      const file = fileAt(application.rotation, position);
      const end =
        application.rotation === null ? bytes.length : file.startOffset + application.rotation.fileBytes;
      yield { offset: position, bytes: bytes.subarray(position, end), file };
      position = end;
    }
  }

  async containers(tag: ApplicationId): Promise<readonly LogContainer[]> {
    const keys = [...(this.#applications.get(tag)?.streams.keys() ?? [])];
    const names = new Set(keys.map((key) => key.split("/")[0] ?? "").filter(isLogContainer));
    const executors = [...names].filter((name) => executorNumber(name) !== null);
    executors.sort((one, other) => (executorNumber(one) ?? 0) - (executorNumber(other) ?? 0));
    return [...LOG_CONTAINERS, ...executors];
  }

  async releaseLogs(
    tag: ApplicationId,
    container: LogContainer,
    stream: LogStream,
    offset: number,
  ): Promise<void> {
    const application = this.#applications.get(tag);
    const key = `${container}/${stream}`;
    const bytes = application?.streams.get(key);
    if (application?.rotation == null || bytes === undefined) return;
    const { fileBytes, files } = application.rotation;
    const current = Math.floor(Math.max(bytes.length - 1, 0) / fileBytes);
    const delivered = Math.floor(offset / fileBytes);
    const first = Math.max(Math.min(current - files + 1, delivered), 0) * fileBytes;
    application.starts.set(key, Math.max(first, application.starts.get(key) ?? 0));
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

/** The file that holds this byte; each of them is as long as it may be. */
function fileAt(rotation: LogRotation | null, offset: number): LogFile {
  if (rotation === null || offset < rotation.fileBytes) return ONLY_FILE;
  const index = Math.floor(offset / rotation.fileBytes);
  return { index, startOffset: index * rotation.fileBytes, openedAtMs: 0 };
}
