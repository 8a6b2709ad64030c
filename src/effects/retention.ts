import { type Application, hasEnded } from "../core/application/application.ts";
import type { ApplicationId } from "../core/ids.ts";
import type { AuditFiles } from "../core/ports/audit.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Engine } from "../core/ports/engine.ts";
import type { Change, EndedRun, Store } from "../core/ports/store.ts";
import type { Chore } from "./control-loop.ts";

/** Rows that one commit removes: a few milliseconds of the store's writer, which others wait for. */
const BATCH = 20;
const EVENTS_BATCH = 500;
const HOUR_MS = 60 * 60 * 1000;

/** How long things are kept after their end or making, in milliseconds; null for ever. */
export interface RetentionPolicy {
  readonly runsMs: number | null;
  readonly runDirectoriesMs: number | null;
  readonly eventsMs: number | null;
  readonly clientTokensMs: number | null;
  readonly auditMs: number | null;
}

export interface RetentionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly node: string;
  readonly engine: Engine;
  readonly audit: AuditFiles;
  /** Aborted when the server stops: a pass then ends after its present batch. */
  readonly stopping: AbortSignal;
  /** Lets others go first between two batches. */
  readonly pause: () => Promise<void>;
}

/** How many of each a pass has removed. */
export interface Removed {
  readonly runs: number;
  readonly runDirectories: number;
  readonly events: number;
  readonly clientTokens: number;
  readonly auditFiles: number;
}

/**
 * Removes what has ended and is older than the settings say, in small batches. What runs or waits is never touched,
 * whatever its age; ids and cursors are never given again. Everything it does can be done again after a crash.
 */
export class Retention implements Chore {
  readonly name = "retention";
  readonly intervalMs = HOUR_MS;
  readonly #parts: RetentionParts;
  readonly #policy: RetentionPolicy;

  #failures: unknown[] = [];
  readonly #onRemoved: (removed: Removed) => void;

  /** @param onRemoved told of every pass that removed something */
  constructor(parts: RetentionParts, policy: RetentionPolicy, onRemoved: (removed: Removed) => void) {
    this.#parts = parts;
    this.#policy = policy;
    this.#onRemoved = onRemoved;
  }

  /** One pass over everything. Throws the first failure after having tried the rest. */
  async run(): Promise<void> {
    this.#failures = [];
    const { audit, clock, stopping } = this.#parts;
    const policy = this.#policy;
    const pass = async (ageMs: number | null, remove: (beforeMs: number) => Promise<number>) =>
      ageMs === null || stopping.aborted ? 0 : remove(clock.now() - ageMs);
    const removed: Removed = {
      runs: await pass(policy.runsMs, (beforeMs) => this.#runs(beforeMs)),
      runDirectories: await pass(policy.runDirectoriesMs, (beforeMs) => this.#runDirectories(beforeMs)),
      events: await pass(policy.eventsMs, (beforeMs) => this.#events(beforeMs)),
      clientTokens: await pass(policy.clientTokensMs, (beforeMs) => this.#clientTokens(beforeMs)),
      auditFiles: await pass(policy.auditMs, (beforeMs) => audit.removeBefore(beforeMs)),
    };
    if (Object.values(removed).some((count) => count > 0)) this.#onRemoved(removed);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #runs(beforeMs: number): Promise<number> {
    const { store, node, pause, stopping } = this.#parts;
    let removed = 0;
    let last: EndedRun | null = null;
    while (!stopping.aborted) {
      const runs: readonly EndedRun[] = await store.retention.endedRuns(beforeMs, last, BATCH);
      if (runs.length === 0) break;
      // Another node's directories are on another machine: its own server removes those runs.
      const mine = runs.filter(({ applications }) => applications.every((held) => held.node === node));
      const changes: Change[] = [];
      for (const { id, applications } of mine) {
        // Directories first: one whose run is gone would belong to nobody.
        if (await this.#forget(applications.map((held) => held.id)))
          changes.push({ kind: "job-run-removed", id });
      }
      await store.commit(changes);
      removed += changes.length;
      last = runs.at(-1) ?? null;
      await pause();
    }
    return removed;
  }

  async #runDirectories(beforeMs: number): Promise<number> {
    const { store, engine, pause, stopping } = this.#parts;
    let removed = 0;
    let seen = 0;
    for await (const tag of engine.list()) {
      if (stopping.aborted) break;
      const application = await store.applications.get(tag);
      if (application !== null && endedBefore(application, beforeMs)) {
        if (await this.#forget([tag])) removed += 1;
      }
      seen += 1;
      if (seen % BATCH === 0) await pause();
    }
    return removed;
  }

  /** False where the engine could not: it refuses what has not ended, whatever the store says. */
  async #forget(tags: readonly ApplicationId[]): Promise<boolean> {
    try {
      for (const tag of tags) await this.#parts.engine.remove(tag);
      return true;
    } catch (error) {
      this.#failures.push(error);
      return false;
    }
  }

  async #events(beforeMs: number): Promise<number> {
    const { store, pause, stopping } = this.#parts;
    let removed = 0;
    while (!stopping.aborted) {
      const aged = await store.retention.agedEvents(beforeMs, EVENTS_BATCH);
      if (aged.length === 0) break;
      await store.commit(
        aged.map(({ account, throughCursor }) => ({ kind: "events-removed", account, throughCursor })),
      );
      removed += aged.reduce((sum, { count }) => sum + count, 0);
      await pause();
    }
    return removed;
  }

  async #clientTokens(beforeMs: number): Promise<number> {
    const { store, pause, stopping } = this.#parts;
    let removed = 0;
    while (!stopping.aborted) {
      const aged = await store.retention.agedClientTokens(beforeMs, BATCH);
      if (aged.length === 0) break;
      await store.commit(aged.map((key): Change => ({ kind: "client-token-removed", key })));
      removed += aged.length;
      await pause();
    }
    return removed;
  }
}

function endedBefore({ state, endedAtMs }: Application, beforeMs: number): boolean {
  return hasEnded(state) && endedAtMs !== null && endedAtMs < beforeMs;
}
