import type { Clock } from "../core/ports/clock.ts";
import { describeProgress, type OnProgress } from "./progress.ts";

type Install = (onProgress: OnProgress, signal: AbortSignal) => Promise<unknown>;

interface Failure {
  readonly reason: string;
  readonly failures: number;
  readonly retryAtMs: number;
}

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 15 * 60_000;

/** Installations that nobody waits for: one at a time for each key, tried again after a growing pause. */
export class BackgroundInstalls {
  readonly #clock: Clock;
  readonly #running = new Map<string, { progress: string; readonly ended: Promise<void> }>();
  readonly #failed = new Map<string, Failure>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stopping = new AbortController();
  #change = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts an installation unless it runs or is pausing after a failure, and answers one line on how it stands. */
  start(key: string, title: string, install: Install): string {
    const running = this.#running.get(key);
    if (running !== undefined) return `${title}: ${running.progress}`;
    const failure = this.#failed.get(key);
    if (failure !== undefined && this.#clock.now() < failure.retryAtMs) {
      return `${title} failed: ${failure.reason} (next try at ${new Date(failure.retryAtMs).toISOString()})`;
    }
    const state = { progress: "starting", ended: Promise.resolve() };
    const onProgress: OnProgress = (progress) => {
      state.progress = describeProgress(progress);
    };
    state.ended = this.#run(key, (failure?.failures ?? 0) + 1, () =>
      install(onProgress, this.#stopping.signal),
    );
    this.#running.set(key, state);
    return `${title}: ${state.progress}`;
  }

  /** Resolves when an installation has ended or may be tried again, and when the signal aborts. */
  async changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener("abort", onAbort, { once: true });
    await Promise.race([this.#change.promise, aborted.promise]);
    signal.removeEventListener("abort", onAbort);
  }

  /** Ends what runs, and resolves once it has. */
  async close(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #run(key: string, attempt: number, install: () => Promise<unknown>): Promise<void> {
    try {
      await install();
      this.#failed.delete(key);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#remember(key, attempt, error);
    } finally {
      this.#running.delete(key);
      this.#announce();
    }
  }

  #remember(key: string, failures: number, error: unknown): void {
    const pauseMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
    const reason = error instanceof Error ? error.message : String(error);
    this.#failed.set(key, { reason, failures, retryAtMs: this.#clock.now() + pauseMs });
    // Whoever waits asks again after the pause: a hint, which must not keep the process alive.
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#announce();
    }, pauseMs).unref();
    this.#timers.add(timer);
  }

  #announce(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
