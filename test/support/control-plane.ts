import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { RandomIds } from "../../src/cloud/local/ids.ts";
import { LocalLogGroups } from "../../src/cloud/local/log-groups.ts";
import type { AdmissionPolicy } from "../../src/core/application/admission.ts";
import { accessKeyId, type virtualClusterId } from "../../src/core/ids.ts";
import type { JobRunRequest } from "../../src/core/job-run/job-run.ts";
import type { RuntimeStatus, Runtimes } from "../../src/core/ports/runtimes.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { Admission } from "../../src/effects/admission.ts";
import { Deletions } from "../../src/effects/deletions.ts";
import { LogDeliverer } from "../../src/effects/log-delivery.ts";
import { Orphans } from "../../src/effects/orphans.ts";
import { Outbox } from "../../src/effects/outbox.ts";
import { Reconciler } from "../../src/effects/reconciler.ts";
import { FakeEngine } from "../../src/engines/fake/fake-engine.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { Dependencies } from "../../src/use-cases/dependencies.ts";
import type { CallContext, EmrContainersUseCases } from "../../src/use-cases/emr-containers.ts";
import { emrContainersUseCases } from "../../src/use-cases/emr-containers-use-cases.ts";
import { SAMPLE_SCOPE, sampleRequest } from "./samples.ts";
import { makeTemporaryDirectory } from "./temporary.ts";

const GIBIBYTE = 2 ** 30;

export interface ControlPlane {
  /** `advance` lets time pass; `jump` sets the wall clock to another time, in which none has passed. */
  readonly clock: { now(): number; advance(ms: number): void; jump(ms: number): void };
  readonly store: Store;
  readonly engine: FakeEngine;
  readonly buckets: LocalBuckets;
  readonly runtimes: { status: RuntimeStatus };
  /** Answers the status; a test may let it answer otherwise. */
  readonly runtimePort: { resolve: Runtimes["resolve"]; changed: Runtimes["changed"] };
  readonly dependencies: Dependencies;
  readonly emr: EmrContainersUseCases;
  readonly context: CallContext;
  readonly directory: string;
  /** Failures of effects that will be tried again. */
  readonly failures: unknown[];
  /** Applications whose drivers were ended since nothing stored accounts for them. */
  readonly orphans: string[];
  /** A new server on the same store: what the last one had in memory is gone. No time passes. */
  restart(): void;
  /** The parts of the server that runs now. */
  parts(): Parts;
  /** Lets every part do what there is to do, until nothing moves any more. */
  settle(): Promise<void>;
  deliverLogs(): Promise<void>;
  /** Makes a cluster and starts a run in it; answers the run's id. */
  startRun(patch?: Partial<JobRunRequest>): Promise<Started>;
}

export interface Parts {
  readonly admission: Admission;
  readonly outbox: Outbox;
  readonly reconciler: Reconciler;
  readonly logs: LogDeliverer;
  readonly orphans: Orphans;
  readonly deletions: Deletions;
}

export interface Started {
  readonly cluster: ReturnType<typeof virtualClusterId>;
  readonly run: Awaited<ReturnType<EmrContainersUseCases["startJobRun"]>>["id"];
}

/** The control plane on a real store with a fake engine and a clock that a test moves; no loop runs by itself. */
export async function controlPlane(
  test: { after(close: () => Promise<void>): void },
  policy: Partial<AdmissionPolicy> = {},
): Promise<ControlPlane> {
  const { path: directory, remove } = await makeTemporaryDirectory();
  let nowMs = Date.UTC(2026, 0, 1);
  let passedMs = 0;
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
      // The machine's own steady clock counts in parts of milliseconds.
      passedMs += ms + 0.1;
    },
    jump: (ms: number) => {
      nowMs += ms;
    },
  };
  const steady = { now: () => passedMs };
  const store = await openSqliteStore({ file: join(directory, "firesteel.db") });
  test.after(async () => {
    await store.close();
    await remove();
  });
  const engine = new FakeEngine(clock);
  const dependencies: Dependencies = {
    store,
    clock,
    ids: new RandomIds(clock),
    node: "node-1",
    engine: engine.name,
    wake: () => undefined,
  };
  const installed = {
    name: "fake",
    sparkVersion: "3.5.9",
    sparkHome: "",
    javaHome: "",
    javaVersion: 17,
    python: "",
  };
  const runtimes = { status: { kind: "installed", runtime: installed } as RuntimeStatus };
  const runtimePort: Runtimes = { resolve: async () => runtimes.status, changed: async () => undefined };
  await mkdir(join(directory, "buckets"));
  const buckets = new LocalBuckets({ directory: join(directory, "buckets"), samplesDirectory: directory });
  const logGroups = new LocalLogGroups({ directory: join(directory, "logs"), home: SAMPLE_SCOPE });
  const failures: unknown[] = [];
  const orphans: string[] = [];
  const startParts = (): Parts => {
    const logs = new LogDeliverer(dependencies, engine, buckets, logGroups);
    return {
      logs,
      outbox: new Outbox(
        dependencies,
        engine,
        logs,
        { killGraceMs: 0, logGiveUpMs: 60_000 },
        (_effect, error) => failures.push(error),
        steady,
      ),
      admission: new Admission(dependencies, runtimePort, {
        capacity: { cores: 2, memoryBytes: 4 * GIBIBYTE },
        coreShare: 2,
        strictMemory: false,
        ...policy,
      }),
      reconciler: new Reconciler(dependencies, engine, steady),
      deletions: new Deletions(dependencies, 0),
      orphans: new Orphans(
        dependencies,
        engine,
        { intervalMs: 0, killGraceMs: 0, home: SAMPLE_SCOPE },
        (tag) => orphans.push(tag),
        steady,
      ),
    };
  };
  let parts = startParts();
  const emr = emrContainersUseCases(dependencies);
  const context: CallContext = {
    scope: SAMPLE_SCOPE,
    requestId: "request",
    caller: {
      account: SAMPLE_SCOPE.account,
      principalArn: `arn:aws:iam::${SAMPLE_SCOPE.account}:user/admin`,
      accessKeyId: accessKeyId("AKIATEST"),
    },
  };
  let clusters = 0;
  return {
    clock,
    store,
    engine,
    buckets,
    runtimes,
    runtimePort,
    dependencies,
    emr,
    context,
    directory,
    failures,
    orphans,
    parts: () => parts,
    restart() {
      parts = startParts();
    },
    async settle() {
      // Three rounds: admission and launch, the driver's end, the delivery of its logs.
      for (let round = 0; round < 3; round += 1) {
        await parts.admission.run();
        await parts.outbox.run();
        await parts.reconciler.sweep();
        await parts.outbox.run();
      }
      await parts.orphans.run();
      await parts.deletions.run();
    },
    async deliverLogs() {
      for await (const application of store.applications.inStates("node-1", ["running"])) {
        await parts.logs.deliver(application, false);
      }
    },
    async startRun(patch = {}) {
      clusters += 1;
      const name = `cluster-${clusters}`;
      const { id } = await emr.createVirtualCluster(context, {
        name,
        eksClusterId: "eks",
        namespace: name,
        clientToken: name,
        tags: {},
      });
      const { id: run } = await emr.startJobRun(context, {
        virtualClusterId: id,
        clientToken: name,
        request: sampleRequest(patch),
        tags: {},
      });
      return { cluster: id, run };
    },
  };
}
