import { mock } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { AdmissionPolicy } from "../../src/core/application/admission.ts";
import { hasEnded } from "../../src/core/application/application.ts";
import { isActive } from "../../src/core/job-run/job-run.ts";
import { storeOn } from "../../src/store/store.ts";
import { Clients } from "./clients.ts";
import { Life } from "./life.ts";
import { NO_FAULTS } from "./ports.ts";
import { UNREACHABLE, World } from "./world.ts";

const POLICY: AdmissionPolicy = {
  capacity: { cores: 2, memoryBytes: 4 * 2 ** 30 },
  coreShare: 2,
  strictMemory: false,
};
const LARGEST_GRANT = {
  cores: POLICY.capacity.cores * POLICY.coreShare,
  memoryBytes: POLICY.capacity.memoryBytes,
};

/** More turns than any quiet world needs to come to rest. */
const MOST_TURNS = 100_000;
/** Longer than a start may take, and with retries at most a minute apart, long enough for all that is due. */
const PATIENCE_MS = 20 * 60_000;
const TICK_MS = 30_000;
const MOST_ROUNDS = 1_000;

export interface Simulated {
  readonly seed: number;
  readonly jobRuns: number;
  readonly launches: number;
  readonly crashes: number;
  /** Steps of the server's parts. */
  readonly turns: number;
  /** Differs where anything happened differently. */
  readonly fingerprint: number;
  readonly states: Readonly<Record<string, number>>;
}

/**
 * Lives through `steps` random things that happen to the control plane, then lets it come to rest. Throws where an
 * invariant was broken, with the seed and the last of what happened.
 */
export async function simulate(seed: number, steps: number): Promise<Simulated> {
  const simulation = new Simulation(seed);
  try {
    await simulation.run(steps);
  } catch (cause) {
    throw new Error(
      `Seed ${seed} breaks the control plane. Replay it with: SEED=${seed} STEPS=${steps} node --test test/simulation/simulation.test.ts\n\n${simulation.world.story()}\n\n${String(cause)}`,
      { cause },
    );
  } finally {
    mock.timers.reset();
    await simulation.world.database.close();
  }
  return simulation.result();
}

class Simulation {
  readonly world: World;
  readonly #seed: number;
  readonly #clients: Clients;
  #life: Life;
  #crashes = 0;
  #taken = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.world = new World(seed, LARGEST_GRANT);
    this.#clients = new Clients(this.world);
    this.#life = new Life(this.world, POLICY);
  }

  async run(steps: number): Promise<void> {
    const { random } = this.world;
    for (let step = 0; step < steps; step += 1) {
      await random.weighted(this.#happenings)();
      await this.#turns(random.between(0, 25));
    }
    await this.#comeToRest();
  }

  result(): Simulated {
    const { ledger, drivers, fingerprint } = this.world;
    const states: Record<string, number> = {};
    for (const { state } of ledger.jobRuns.values()) states[state] = (states[state] ?? 0) + 1;
    return {
      seed: this.#seed,
      jobRuns: ledger.jobRuns.size,
      launches: drivers.engine.started.length,
      crashes: this.#crashes,
      turns: this.#taken,
      fingerprint,
      states,
    };
  }

  readonly #happenings: readonly (readonly [number, () => unknown])[] = [
    [4, () => this.#clients.createCluster(this.#life)],
    [1, () => this.#clients.deleteCluster(this.#life)],
    [2, () => this.#clients.updateCluster(this.#life)],
    [14, () => this.#clients.submit(this.#life)],
    [4, () => this.#clients.repeat(this.#life)],
    [1, () => this.#clients.misuseToken(this.#life)],
    [6, () => this.#clients.cancel(this.#life)],
    [2, () => this.#clients.read(this.#life)],
    [8, () => this.#startDriver()],
    [8, () => this.#printSomething()],
    [10, () => this.#finishDriver()],
    [2, () => this.#forgetDriver()],
    [2, () => this.#changeReach()],
    [2, () => this.#changeSinks()],
    [2, () => this.#changeRuntimes()],
    [4, () => this.#changeFaults()],
    [20, () => this.world.pass(this.world.random.pick([100, 1_000, 5_000, 15_000, 60_000]))],
    [1, () => this.#jump()],
    [3, () => this.#crash()],
  ];

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) {
      if (!(await this.#life.turns.next())) break;
      this.#taken += 1;
      this.#refuseProblems();
    }
    this.#refuseProblems();
  }

  #refuseProblems(): void {
    const [first] = this.world.problems;
    if (first !== undefined) throw new Error(first);
  }

  #startDriver(): void {
    const waiting = this.world.drivers.inState("starting");
    if (waiting.length > 0) this.world.drivers.start(this.world.random.pick(waiting));
  }

  #printSomething(): void {
    const { random, drivers } = this.world;
    const running = drivers.inState("running");
    if (running.length === 0) return;
    const stream = random.pick(["stdout", "stderr"] as const);
    drivers.print(random.pick(running), stream, `line ${random.between(1, 1_000)}\n`);
  }

  #finishDriver(): void {
    const { random, drivers } = this.world;
    const alive = drivers.inState("starting", "running");
    if (alive.length === 0) return;
    const end = random.pick([
      { code: 0 },
      { code: 0 },
      { code: 3, summary: "ValueError: no" },
      { signal: "SIGKILL" },
    ]);
    drivers.finish(random.pick(alive), end);
  }

  /** An engine that loses a record before it answered the launch could start a driver twice; no engine may. */
  async #forgetDriver(): Promise<void> {
    const { random, drivers } = this.world;
    const known = drivers.inState("starting", "running").filter((tag) => !this.#isBeingLaunched(tag));
    if (known.length > 0) await drivers.forget(random.pick(known));
  }

  #isBeingLaunched(tag: string): boolean {
    const sql = "select 1 from effects where application_id = ? and kind = 'launch'";
    return this.world.database.all(sql, [tag]).length > 0;
  }

  #changeReach(): void {
    this.world.drivers.engine.setUnreachable(this.world.random.chance(0.5) ? UNREACHABLE : null);
  }

  #changeSinks(): void {
    this.world.sinks.problem = this.world.random.chance(0.5) ? "the sink is full" : null;
  }

  #changeRuntimes(): void {
    const { random } = this.world;
    this.world.setRuntime(
      random.pick(["3.5", "3.4"]),
      random.weighted([
        [6, null],
        [3, { kind: "installing", progress: "downloading (41 %)" }],
        [1, { kind: "unsupported", reason: "there is no such Spark" }],
      ] as const),
    );
  }

  #changeFaults(): void {
    const { random, faults } = this.world;
    const quiet = random.chance(0.5);
    const likely = () => (quiet || random.chance(0.5) ? 0 : random.pick([0.02, 0.1, 0.3]));
    Object.assign(faults, {
      lost: likely(),
      unanswered: likely(),
      unreadable: likely() / 4,
      refusedLaunch: likely() / 4,
      unheardHint: likely(),
    });
    this.world.tell(`faults: ${JSON.stringify(faults)}`);
  }

  #jump(): void {
    this.world.jump(this.world.random.pick([-3_600_000, -60_000, -1_000, 1_000, 60_000, 3_600_000]));
  }

  async #crash(): Promise<void> {
    this.world.tell("CRASH");
    this.#crashes += 1;
    await this.#life.turns.end();
    this.#life = new Life(this.world, POLICY);
  }

  /** No more trouble: what was cancelled ends by itself, the rest with its driver, and everything was answered. */
  async #comeToRest(): Promise<void> {
    const { world } = this;
    const { drivers } = world;
    world.tell("NO MORE TROUBLE");
    Object.assign(world.faults, NO_FAULTS);
    drivers.engine.setUnreachable(null);
    world.sinks.problem = null;
    for (const version of ["3.5", "3.4"]) world.setRuntime(version, null);
    await this.#let(PATIENCE_MS);
    for (const { id, state, killReason } of world.ledger.applications.values()) {
      if (killReason !== null && !hasEnded(state))
        world.object(`application ${id} was asked to end and is ${state}`);
      if (hasEnded(state) && drivers.isAlive(id))
        world.object(`application ${id} is ${state} and its driver lives`);
    }
    this.#refuseProblems();
    await this.#finishAll();
    // A queue may have room for one at a time.
    for (let round = 0; round < MOST_ROUNDS && this.#clients.repeatUnanswered(this.#life); round += 1)
      await this.#finishAll();
    this.#clients.checkAnswers();
    await this.#checkRest();
    this.#refuseProblems();
  }

  /** Until nothing is admitted any more, since each end makes room for others. */
  async #finishAll(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      await this.#let(2 * TICK_MS);
      const alive = this.world.drivers.inState("starting", "running");
      if (alive.length === 0) break;
      for (const tag of alive) this.world.drivers.finish(tag, { code: 0 });
    }
    await this.#let(PATIENCE_MS / 10);
  }

  async #let(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      await this.#settle();
      this.world.pass(TICK_MS);
    }
    await this.#settle();
  }

  async #settle(): Promise<void> {
    for (let turn = 0; await this.#life.turns.next(); turn += 1) {
      this.#taken += 1;
      this.#refuseProblems();
      if (turn === MOST_TURNS) throw new Error("the control plane does not come to rest");
    }
  }

  async #checkRest(): Promise<void> {
    const { world } = this;
    const { database, ledger, drivers } = world;
    const store = storeOn(database);
    for (const row of ledger.applications.values()) {
      if (!isDeepStrictEqual(await store.applications.get(row.id), row))
        world.object(`application ${row.id} is stored otherwise than it was committed`);
      if (!hasEnded(row.state))
        world.object(`application ${row.id} is ${row.state} and its driver has ended`);
    }
    for (const run of ledger.jobRuns.values()) {
      if (!isDeepStrictEqual(await store.jobRuns.byId(run.id), run))
        world.object(`job run ${run.id} is stored otherwise than it was committed`);
      if (isActive(run.state)) world.object(`job run ${run.id} is ${run.state} for ever`);
    }
    for (const cluster of ledger.virtualClusters.values()) {
      if (!isDeepStrictEqual(await store.virtualClusters.get(cluster, cluster.id), cluster))
        world.object(`virtual cluster ${cluster.id} is stored otherwise than it was committed`);
      if (cluster.state === "TERMINATING") world.object(`virtual cluster ${cluster.id} is deleted for ever`);
    }
    const effects = database.all("select * from effects");
    if (effects.length > 0) world.object(`effects are left: ${JSON.stringify(effects)}`);
    const tags = drivers.engine.started.map(({ tag }) => tag);
    for (const tag of new Set(tags)) {
      if (tags.filter((other) => other === tag).length > 1) world.object(`${tag} was started twice`);
      if (!ledger.applications.has(tag)) world.object(`${tag} was started and is not known`);
    }
    this.#checkEvents();
  }

  /** Cursors without gaps per account, and per subject a chain of states. */
  #checkEvents(): void {
    const { world } = this;
    const rows = world.database.all(
      "select account, cursor, subject_kind || ' ' || subject_id as subject, detail from events order by account, cursor",
    );
    const cursors = new Map<unknown, number>();
    const states = new Map<unknown, unknown>();
    for (const row of rows) {
      const { account, cursor, subject, detail } = Object(row);
      const expected = (cursors.get(account) ?? 0) + 1;
      if (cursor !== expected) world.object(`account ${account} has event ${cursor} after ${expected - 1}`);
      cursors.set(account, cursor);
      const { from, to } = JSON.parse(detail);
      const before = states.get(subject);
      if (before !== undefined && from !== before)
        world.object(`events of ${subject} go from ${from} where it was ${before}`);
      states.set(subject, to);
    }
  }
}
