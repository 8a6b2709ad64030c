import { type Application, hasEnded } from "../core/application/application.ts";
import { applicationCreated } from "../core/application/create.ts";
import { decideApplication } from "../core/application/decide.ts";
import {
  historyServerOwner,
  historyServerSpec,
  historyServerTag,
  isHistoryServerTag,
  newestSparkVersion,
  readsLogsOf,
} from "../core/application/history-server.ts";
import { DomainError } from "../core/errors.ts";
import type { AccountId, ApplicationId, Scope } from "../core/ids.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { Engine } from "../core/ports/engine.ts";
import type { Pages } from "../core/ports/pages.ts";
import type { Change } from "../core/ports/store.ts";
import { advanceApplication, newEffect } from "./advance-application.ts";
import type { Dependencies } from "./dependencies.ts";

export interface HistoryServerSettings {
  /** Heap of each. */
  readonly memoryBytes: number;
  /** How long one stays that nobody asks for anything. */
  readonly idleMs: number;
}

export interface HistoryServerParts {
  readonly dependencies: Dependencies;
  readonly engine: Pick<Engine, "list" | "remove">;
  readonly pages: Pages;
  /** Full versions of the Sparks that are installed. */
  readonly sparkVersions: () => Promise<readonly string[]>;
  /** Measures how long nobody asked; unlike the wall clock it should not jump. */
  readonly steady: Clock;
  readonly settings: HistoryServerSettings;
}

/** A history server that this node holds, and when it was last asked for. */
interface Held {
  readonly tag: ApplicationId;
  lastAskedMs: number;
}

const LIVE_STATES = ["accepted", "launching", "running"] as const;
const LOOK_INTERVAL_MS = 15_000;

/**
 * Spark's history servers: one an account, so that none holds another account's event logs. Started when somebody asks,
 * ended when nobody has for a while. They are applications, so a server that was killed finds them again; only this
 * object of this node makes them, one call after the other for each account, so there are never two.
 */
export class HistoryServers {
  readonly name = "history servers";
  readonly intervalMs = LOOK_INTERVAL_MS;
  readonly #parts: HistoryServerParts;
  readonly #held = new Map<AccountId, Held>();
  readonly #asking = new Map<AccountId, Promise<unknown>>();
  #found: Promise<void> | null = null;

  constructor(parts: HistoryServerParts) {
    this.#parts = parts;
  }

  /**
   * The account's history server, made where there is none; null while an earlier one is still ending. It reads what
   * Spark of this version wrote. Throws a DomainError of kind `unavailable` where the last one failed; asking again
   * starts another.
   */
  async of(scope: Scope, sparkVersion: string): Promise<Application | null> {
    const before = this.#asking.get(scope.account) ?? Promise.resolve();
    const asked = before.catch(() => undefined).then(() => this.#of(scope, sparkVersion));
    this.#asking.set(scope.account, asked);
    try {
      return await asked;
    } finally {
      if (this.#asking.get(scope.account) === asked) this.#asking.delete(scope.account);
    }
  }

  /** Somebody looks at the account's history. */
  touch(account: AccountId): void {
    const held = this.#held.get(account);
    if (held !== undefined) held.lastAskedMs = this.#parts.steady.now();
  }

  /** The chore: ends what is idle, forgets what has ended. */
  async run(): Promise<void> {
    await this.#find();
    const { dependencies, pages, steady, settings } = this.#parts;
    for (const [account, held] of this.#held) {
      const application = await dependencies.store.applications.get(held.tag);
      if (application === null || hasEnded(application.state)) {
        await this.#forget(account, held.tag);
      } else if (steady.now() - held.lastAskedMs >= settings.idleMs) {
        await advanceApplication(dependencies, held.tag, { type: "kill-requested", reason: "cancelled" });
      } else if (application.state === "running") await pages.withdraw(held.tag);
    }
  }

  async #of(scope: Scope, sparkVersion: string): Promise<Application | null> {
    await this.#find();
    const { dependencies } = this.#parts;
    const { account } = scope;
    const held = this.#held.get(account);
    if (held === undefined) return this.#start(scope, sparkVersion);
    const application = await dependencies.store.applications.get(held.tag);
    if (application === null || hasEnded(application.state)) {
      await this.#forget(account, held.tag);
      if (application?.state === "failed") throw failed(application);
      return this.#start(scope, sparkVersion);
    }
    this.touch(account);
    if (!readsLogsOf(application.spec.runtime.sparkVersion, sparkVersion)) {
      // A newer Spark was installed since. The next who asks gets one of that.
      await advanceApplication(dependencies, held.tag, { type: "kill-requested", reason: "cancelled" });
      return null;
    }
    return application.killRequestedAtMs === null && application.exit === null ? application : null;
  }

  async #start(scope: Scope, sparkVersion: string): Promise<Application> {
    const { dependencies, sparkVersions, settings, steady } = this.#parts;
    const { store, clock, ids, node, engine, wake } = dependencies;
    const newest = newestSparkVersion([...(await sparkVersions()), sparkVersion]) ?? sparkVersion;
    const nowMs = clock.now();
    const spec = historyServerSpec({ sparkVersion: newest, javaVersion: null }, settings.memoryBytes);
    const accepted = applicationCreated({
      ...scope,
      id: historyServerTag(scope.account, ids.jobRun()),
      owner: historyServerOwner(scope.account),
      node,
      engine,
      queue: null,
      spec,
      nowMs,
    });
    // It stands in no line: runs could not wait for it, nor it for runs, without one blocking the other. What it
    // takes is the server's own, and no run's budget.
    const grant = { asked: spec.resources, granted: spec.resources };
    const admitted = decideApplication(accepted, { type: "admitted", grant }, nowMs);
    if (admitted === null) throw new DomainError("internal", "A history server was not admitted.");
    const changes: Change[] = [
      { kind: "application", row: admitted.next },
      ...admitted.events.map((event) => ({ kind: "event" as const, event })),
      ...admitted.effects.map((kind) => newEffect(dependencies, admitted.next, kind, nowMs)),
    ];
    await store.commit(changes);
    this.#held.set(scope.account, { tag: admitted.next.id, lastAskedMs: steady.now() });
    wake();
    return admitted.next;
  }

  async #forget(account: AccountId, tag: ApplicationId): Promise<void> {
    // The directory first: one whose application is gone would belong to nobody.
    await this.#parts.engine.remove(tag);
    await this.#parts.dependencies.store.commit([{ kind: "history-server-removed", id: tag }]);
    if (this.#held.get(account)?.tag === tag) this.#held.delete(account);
  }

  /** Finds once what an earlier server left: those that live, and those of which only a directory is left. */
  #find(): Promise<void> {
    this.#found ??= this.#findAll().catch((error: unknown) => {
      this.#found = null;
      throw error;
    });
    return this.#found;
  }

  async #findAll(): Promise<void> {
    const { dependencies, engine, steady } = this.#parts;
    const { store, node } = dependencies;
    for await (const { id, account, owner } of store.applications.inStates(node, LIVE_STATES)) {
      if (owner.kind === "history-server") this.#held.set(account, { tag: id, lastAskedMs: steady.now() });
    }
    for await (const tag of engine.list()) {
      if (!isHistoryServerTag(tag)) continue;
      const application = await store.applications.get(tag);
      if (application !== null && hasEnded(application.state)) await this.#forget(application.account, tag);
    }
  }
}

function failed({ exit }: Application): DomainError {
  const reason = exit?.summary ?? (exit?.code == null ? "It ended." : `It exited with code ${exit.code}.`);
  return new DomainError("unavailable", `The account's history server has failed: ${reason} Try again.`);
}
