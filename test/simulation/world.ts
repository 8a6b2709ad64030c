import { mock } from "node:test";
import { type Application, hasEnded } from "../../src/core/application/application.ts";
import type { Resources } from "../../src/core/application/spec.ts";
import type { ApplicationId } from "../../src/core/ids.ts";
import { type LaunchRequest, LOG_CONTAINERS, LOG_STREAMS } from "../../src/core/ports/engine.ts";
import type { RuntimeStatus } from "../../src/core/ports/runtimes.ts";
import type { Change } from "../../src/core/ports/store.ts";
import { Random } from "../property/random.ts";
import { Drivers } from "./drivers.ts";
import { CountingIds } from "./ids.ts";
import { Ledger } from "./ledger.ts";
import { MemoryDatabase } from "./memory-database.ts";
import { type Faults, NO_FAULTS, SimulatedFault } from "./ports.ts";
import { Sinks } from "./sinks.ts";

/** How much of what happened is kept for the report of a failure. */
const TOLD_LINES = 80;

/** As with `performance.now`, the steady clock's time is no whole number, and it does not go quite as the other does. */
const STEADY_ZERO_MS = 1_234.567_8;
const STEADY_RATE = 1.000_01;

/** What the engine says while it cannot tell. */
export const UNREACHABLE = "the simulated engine is out of reach";

const INSTALLED: RuntimeStatus = {
  kind: "installed",
  runtime: {
    name: "fake",
    sparkVersion: "3.5.9",
    sparkHome: "",
    javaHome: "",
    javaVersion: 17,
    python: "",
  },
};

/** What outlives every life of the server: database, drivers, sinks, clock; and what was found wrong so far. */
export class World {
  readonly random: Random;
  readonly faults: Faults = { ...NO_FAULTS };
  readonly database = new MemoryDatabase();
  readonly ids = new CountingIds();
  readonly sinks = new Sinks();
  readonly drivers: Drivers;
  readonly ledger: Ledger;
  readonly problems: string[] = [];
  readonly clock = { now: () => this.#nowMs };
  /** Time that passed, whatever the clock says. */
  readonly steady = { now: () => STEADY_ZERO_MS + this.#passedMs * STEADY_RATE };
  /** A number that differs where anything happened differently. */
  fingerprint = 0;
  readonly #capacity: Resources;
  readonly #told: string[] = [];
  readonly #runtimes = new Map<string, RuntimeStatus>();
  #nowMs = Date.UTC(2026, 0, 1);
  #passedMs = 0;
  #later: { readonly inMs: number; readonly tag: ApplicationId }[] = [];
  #runtimeChanged = Promise.withResolvers<void>();

  /** @param capacity the most that may be granted at once, of cores and of memory */
  constructor(seed: number, capacity: Resources) {
    this.random = new Random(seed);
    this.#capacity = capacity;
    this.drivers = new Drivers(this.clock);
    this.ledger = new Ledger(capacity, (problem) => this.object(problem));
  }

  /** Notes one step of what happens. */
  tell(what: string): void {
    for (let index = 0; index < what.length; index += 1)
      this.fingerprint = (Math.imul(this.fingerprint, 31) + what.charCodeAt(index)) | 0;
    // A reader learns nothing from looks, and from hours in which nothing moves.
    if (what.startsWith("look: ") || what === this.#told.at(-1)) return;
    this.#told.push(what);
    if (this.#told.length > 2 * TOLD_LINES) this.#told.splice(0, TOLD_LINES);
  }

  object(problem: string): void {
    this.tell(`PROBLEM: ${problem}`);
    this.problems.push(problem);
  }

  /** The last of what happened, a line each. */
  story(): string {
    return this.#told.slice(-TOLD_LINES).join("\n");
  }

  /** Only what the simulation breaks may go wrong. */
  expectFault(where: string, error: unknown): void {
    const unreachable = error instanceof Error && error.message === UNREACHABLE;
    if (!(error instanceof SimulatedFault) && !unreachable) this.object(`${where}: ${String(error)}`);
  }

  /** Lets time pass, for the clock, the server's timers and drivers that are to be made to end. */
  pass(ms: number): void {
    this.tell(`${ms} ms pass`);
    this.#nowMs += ms;
    this.#passedMs += ms;
    const due = this.#later.filter(({ inMs }) => inMs <= ms);
    this.#later = this.#later
      .filter(({ inMs }) => inMs > ms)
      .map(({ inMs, tag }) => ({ inMs: inMs - ms, tag }));
    for (const { tag } of due) this.drivers.finish(tag, { signal: "SIGKILL" });
    mock.timers.tick(ms);
  }

  /** Somebody sets the clock; no time passes. */
  jump(ms: number): void {
    this.tell(`the clock jumps by ${ms} ms`);
    this.#nowMs += ms;
  }

  runtimeStatus(sparkVersion: string): RuntimeStatus {
    return this.#runtimes.get(sparkVersion) ?? INSTALLED;
  }

  /** Null is an installed runtime. */
  setRuntime(sparkVersion: string, status: RuntimeStatus | null): void {
    this.tell(`runtime ${sparkVersion} is ${status?.kind ?? "installed"}`);
    this.#runtimes.set(sparkVersion, status ?? INSTALLED);
    this.#runtimeChanged.resolve();
    this.#runtimeChanged = Promise.withResolvers();
  }

  runtimeChange(): Promise<void> {
    return this.#runtimeChanged.promise;
  }

  async launch(request: LaunchRequest): Promise<void> {
    const row = this.ledger.applications.get(request.tag);
    if (row === undefined || row.grant === null) this.object(`${request.tag} is launched and not admitted`);
    else if (hasEnded(row.state)) this.object(`${request.tag} is launched after its end`);
    await this.drivers.launch(request, this.random.chance(0.2));
    const { cores, memoryBytes } = this.drivers.held();
    if (cores > this.#capacity.cores || memoryBytes > this.#capacity.memoryBytes)
      this.object(`drivers hold ${cores} cores and ${memoryBytes} bytes of memory`);
    if (this.random.chance(0.6)) this.drivers.start(request.tag);
    if (this.random.chance(0.1)) this.drivers.finish(request.tag, { code: this.random.between(0, 1) });
  }

  kill(tag: ApplicationId, graceMs: number): void {
    if (this.drivers.terminate(tag)) this.#later.push({ inMs: graceMs, tag });
  }

  /** The database has these changes now. */
  async noteCommit(changes: readonly Change[]): Promise<void> {
    for (const application of this.ledger.note(changes)) {
      if (this.drivers.isAlive(application.id))
        this.object(`${application.id} has ended and its driver lives`);
      await this.#checkLogs(application);
    }
  }

  /** An end means complete logs, or the reason why not. */
  async #checkLogs(application: Application): Promise<void> {
    if (application.admittedAtMs === null || application.logProblem !== null) return;
    for (const container of LOG_CONTAINERS) {
      for (const stream of LOG_STREAMS) {
        const printed = await this.drivers.printed(application.id, container, stream);
        for (const [sink, held] of this.#delivered(application, container, stream)) {
          const complete = this.drivers.isForgotten(application.id)
            ? held !== null && printed.startsWith(held)
            : held === printed;
          if (!complete)
            this.object(
              `${application.id} ended with '${held}' of '${printed}' of ${container} ${stream} in ${sink}`,
            );
        }
      }
    }
  }

  /** What each sink of an application holds of a stream; null where it has no such object. */
  *#delivered({ account, region, spec }: Application, container: "driver" | "submitter", stream: string) {
    const { s3Uri, cloudWatch, containers } = spec.logs;
    const path = `${containers[container]}/${stream}`;
    const text = (name: string) => this.sinks.objects.get(name)?.toString() ?? null;
    if (s3Uri !== null) yield ["S3", text(`${s3Uri.replace("s3://", "")}/${path}.gz`)] as const;
    if (cloudWatch !== null) {
      const { group, streamPrefix } = cloudWatch;
      yield ["CloudWatch", text(`${account}/${region}/${group}/${streamPrefix}/${path}`)] as const;
    }
  }
}
