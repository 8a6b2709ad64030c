import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { RandomIds } from "../../src/cloud/local/ids.ts";
import { LocalLogGroups } from "../../src/cloud/local/log-groups.ts";
import type { AdmissionPolicy } from "../../src/core/application/admission.ts";
import { accessKeyId, type virtualClusterId } from "../../src/core/ids.ts";
import type { JobRunRequest } from "../../src/core/job-run/job-run.ts";
import type { RuntimeStatus, Runtimes } from "../../src/core/ports/runtimes.ts";
import type { Store } from "../../src/core/ports/store.ts";
import { Admission } from "../../src/effects/admission.ts";
import { LogDeliverer } from "../../src/effects/log-delivery.ts";
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
  readonly clock: { now(): number; advance(ms: number): void };
  readonly store: Store;
  readonly engine: FakeEngine;
  readonly buckets: LocalBuckets;
  readonly runtimes: { status: RuntimeStatus };
  readonly emr: EmrContainersUseCases;
  readonly context: CallContext;
  readonly directory: string;
  /** Failures of effects that will be tried again. */
  readonly failures: unknown[];
  /** Lets every part do what there is to do, until nothing moves any more. */
  settle(): Promise<void>;
  deliverLogs(): Promise<void>;
  /** Makes a cluster and starts a run in it; answers the run's id. */
  startRun(patch?: Partial<JobRunRequest>): Promise<Started>;
}

export interface Started {
  readonly cluster: ReturnType<typeof virtualClusterId>;
  readonly run: Awaited<ReturnType<EmrContainersUseCases["startJobRun"]>>["id"];
}

/** The control plane on a real store with a fake engine and a clock that a test moves; no loop runs by itself. */
export async function controlPlane(
  test: TestContext,
  policy: Partial<AdmissionPolicy> = {},
): Promise<ControlPlane> {
  const { path: directory, remove } = await makeTemporaryDirectory();
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = {
    now: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
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
  const logs = new LogDeliverer(dependencies, engine, buckets, logGroups);
  const failures: unknown[] = [];
  const outbox = new Outbox(
    dependencies,
    engine,
    logs,
    { killGraceMs: 0, logGiveUpMs: 60_000 },
    (_effect, error) => failures.push(error),
  );
  const admission = new Admission(dependencies, runtimePort, {
    capacity: { cores: 2, memoryBytes: 4 * GIBIBYTE },
    coreShare: 2,
    strictMemory: false,
    ...policy,
  });
  const reconciler = new Reconciler(dependencies, engine);
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
    emr,
    context,
    directory,
    failures,
    async settle() {
      // Three rounds: admission and launch, the driver's end, the delivery of its logs.
      for (let round = 0; round < 3; round += 1) {
        await admission.run();
        await outbox.run();
        await reconciler.sweep();
        await outbox.run();
      }
    },
    async deliverLogs() {
      for await (const application of store.applications.inStates("node-1", ["running"])) {
        await logs.deliver(application, false);
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
