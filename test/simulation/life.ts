import { mock } from "node:test";
import type { AdmissionPolicy } from "../../src/core/application/admission.ts";
import { type Engine, LaunchError } from "../../src/core/ports/engine.ts";
import type { Runtimes } from "../../src/core/ports/runtimes.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { Admission } from "../../src/effects/admission.ts";
import { ControlLoop } from "../../src/effects/control-loop.ts";
import { Deletions } from "../../src/effects/deletions.ts";
import { LogDeliverer } from "../../src/effects/log-delivery.ts";
import { Orphans } from "../../src/effects/orphans.ts";
import { Outbox } from "../../src/effects/outbox.ts";
import { Reconciler } from "../../src/effects/reconciler.ts";
import type { Database } from "../../src/store/database.ts";
import { storeOn } from "../../src/store/store.ts";
import type { Dependencies } from "../../src/use-cases/dependencies.ts";
import type { EmrContainersUseCases } from "../../src/use-cases/emr-containers.ts";
import { emrContainersUseCases } from "../../src/use-cases/emr-containers-use-cases.ts";
import { SAMPLE_SCOPE } from "../support/samples.ts";
import { Ports } from "./ports.ts";
import { Turns } from "./turns.ts";
import type { World } from "./world.ts";

export const KILL_GRACE_MS = 30_000;
export const LOG_GIVE_UP_MS = 60_000;
const SWEEP_INTERVAL_MS = 10_000;
const LOG_INTERVAL_MS = 5_000;
const ORPHAN_INTERVAL_MS = 60_000;

/** One life of the server, from a start to a crash: everything that is only in memory. */
export class Life {
  readonly emr: EmrContainersUseCases;
  readonly turns: Turns;

  constructor(world: World, policy: AdmissionPolicy) {
    // Timers of an earlier life went with it.
    mock.timers.reset();
    mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
    this.turns = new Turns(world.random, (what) => world.tell(what));
    const ports = new Ports(this.turns, world.random, world.faults);
    const engine = engineOf(world, ports);
    const base = {
      store: storeOf(world, ports),
      clock: world.clock,
      ids: world.ids,
      node: "node-1",
      engine: engine.name,
    };
    const dependencies: Dependencies = { ...base, wake: (news) => loop.wake(news) };
    const sinks = sinksOf(world, ports);
    const logs = new LogDeliverer(
      dependencies,
      engine,
      sinks.buckets,
      sinks.logGroups,
      // Compression would only hide what the objects hold, and answers when another thread likes.
      async (bytes) => bytes,
    );
    const runtimes: Runtimes = {
      resolve: ({ sparkVersion }) =>
        ports.ask(`runtime ${sparkVersion}`, async () => world.runtimeStatus(sparkVersion)),
      changed: () => world.runtimeChange(),
    };
    const loop: ControlLoop = new ControlLoop(
      {
        dependencies: base,
        engine,
        runtimes,
        logs,
        admission: new Admission(dependencies, runtimes, policy),
        outbox: new Outbox(
          dependencies,
          engine,
          logs,
          { killGraceMs: KILL_GRACE_MS, logGiveUpMs: LOG_GIVE_UP_MS },
          (effect, error) => world.expectFault(`effect ${effect.kind} of ${effect.application}`, error),
          world.steady,
        ),
        reconciler: new Reconciler(dependencies, engine, world.steady),
        chores: [
          new Deletions(dependencies, SWEEP_INTERVAL_MS),
          new Orphans(
            dependencies,
            engine,
            { intervalMs: ORPHAN_INTERVAL_MS, killGraceMs: KILL_GRACE_MS, home: SAMPLE_SCOPE },
            (tag, reason) => world.tell(`orphan ${tag}: ${reason}`),
            world.steady,
          ),
        ],
      },
      { sweepIntervalMs: SWEEP_INTERVAL_MS, logIntervalMs: LOG_INTERVAL_MS, lookRestMs: 0 },
      (part, error) => world.expectFault(part, error),
    );
    this.emr = emrContainersUseCases(dependencies);
    loop.start();
  }
}

function storeOf(world: World, ports: Ports): Store {
  const { queries } = world.database;
  const reading: Database = {
    queries,
    read: (query) => ports.ask("read", () => world.database.read(query)),
    write: (statements) => world.database.write(statements),
    generation: () => world.database.generation(),
    ping: () => world.database.ping(),
    close: () => world.database.close(),
  };
  const store = storeOn(reading);
  return {
    ...store,
    commit: (changes) =>
      ports.act(`commit of ${changes.map(({ kind }) => kind).join(", ")}`, async () => {
        await store.commit(changes);
        await world.noteCommit(changes);
      }),
  };
}

function engineOf(world: World, ports: Ports): Engine {
  const { drivers } = world;
  const { engine } = drivers;
  return {
    name: engine.name,
    launch: (request) =>
      ports.act(`launch ${request.tag}`, async () => {
        // One that was started is not refused: a second launch changes nothing, says the port.
        if (!drivers.wasStarted(request.tag) && ports.refusesLaunch)
          throw new LaunchError("there is no java");
        await world.launch(request);
      }),
    observe: (tag) => ports.ask(`observe ${tag}`, () => engine.observe(tag)),
    async *list() {
      yield* await ports.ask("list", () => Array.fromAsync(engine.list()));
    },
    async *changes(signal) {
      for await (const tag of engine.changes(signal)) if (!ports.overhears) yield tag;
    },
    remove: (tag) => ports.act(`remove ${tag}`, () => engine.remove(tag)),
    kill: (tag, graceMs) => ports.act(`kill ${tag}`, async () => world.kill(tag, graceMs)),
    async *logs(tag, container, stream, offset) {
      const look = () => Array.fromAsync(engine.logs(tag, container, stream, offset));
      yield* await ports.ask(`logs of ${tag}`, look);
    },
    containers: (tag) => engine.containers(tag),
    releaseLogs: (tag, container, stream, offset) => engine.releaseLogs(tag, container, stream, offset),
    processes: () => engine.processes(),
  };
}

function sinksOf(world: World, ports: Ports): Pick<World["sinks"], "buckets" | "logGroups"> {
  const { buckets, logGroups } = world.sinks;
  return {
    buckets: {
      ...buckets,
      exists: (bucket) => ports.ask(`is there bucket ${bucket}`, () => buckets.exists(bucket)),
      create: (bucket) => ports.act(`make bucket ${bucket}`, () => buckets.create(bucket)),
      appendAt: (bucket, key, size, bytes) =>
        ports.act(`append to ${key} at ${size}`, () => buckets.appendAt(bucket, key, size, bytes)),
      move: (bucket, key, newKey) =>
        ports.act(`move ${key} to ${newKey}`, () => buckets.move(bucket, key, newKey)),
    },
    logGroups: {
      appendAt: (scope, group, stream, size, bytes) =>
        ports.act(`append to ${group} ${stream}`, () =>
          logGroups.appendAt(scope, group, stream, size, bytes),
        ),
    },
  };
}
