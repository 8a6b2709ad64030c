import type { AdmissionPolicy } from "../../src/core/application/admission.ts";
import type { ApplicationSpec } from "../../src/core/application/spec.ts";
import { applicationIdOf, jobRunId, virtualClusterId } from "../../src/core/ids.ts";
import { NOT_FOUND_GRACE_MS } from "../../src/effects/reconciler.ts";
import { type ControlPlane, controlPlane } from "./control-plane.ts";
import { sampleRequest } from "./samples.ts";
import { noState, SignedHttp } from "./signed-http.ts";

/** The dialect from the signature to the store, in this process; what is accepted waits until a test lets it run. */
export interface FakeService {
  readonly http: SignedHttp;
  readonly plane: ControlPlane;
  /** How long an engine must be sure that it does not hold a run. */
  readonly notFoundGraceMs: number;
  /** A text that was not given before. */
  newName(): string;
  /** A new virtual cluster's id. */
  cluster(): Promise<string>;
  /** A new job run of the cluster. */
  run(cluster: string): Promise<{ run: string }>;
  /** What the engine would be given for a run, the ids in it made the same for every run. */
  plannedSpec(run: string): Promise<string>;
  /** A token of ListJobRuns of this cluster, or of ListVirtualClusters for null. */
  pageToken(cluster: string | null): Promise<string>;
  close(): Promise<void>;
}

export async function fakeService(policy: Partial<AdmissionPolicy> = {}): Promise<FakeService> {
  const closers: (() => Promise<void>)[] = [];
  const plane = await controlPlane({ after: (close) => closers.push(close) }, policy);
  const { emr, context } = plane;
  const http = new SignedHttp({ useCases: { emrContainers: emr, state: noState } });
  await http.app.ready();
  let names = 0;
  const newName = () => {
    names += 1;
    return `n${names}`;
  };
  const cluster = async () => {
    const name = newName();
    const input = { name, eksClusterId: "eks", namespace: name, clientToken: name, tags: {} };
    return (await emr.createVirtualCluster(context, input)).id;
  };
  const run = async (id: string) => {
    const input = {
      virtualClusterId: virtualClusterId(id),
      clientToken: newName(),
      request: sampleRequest(),
      tags: {},
    };
    return { run: (await emr.startJobRun(context, input)).id };
  };
  return {
    http,
    plane,
    notFoundGraceMs: NOT_FOUND_GRACE_MS,
    newName,
    cluster,
    run,
    async plannedSpec(run) {
      const application = await plane.store.applications.get(applicationIdOf(jobRunId(run), 1));
      if (application === null) throw new Error(`Run ${run} has no application`);
      const row = await plane.store.jobRuns.byId(jobRunId(run));
      return JSON.stringify(application.spec)
        .replaceAll(run, "RUN")
        .replaceAll(row?.virtualClusterId ?? run, "CLUSTER")
        .replaceAll(sparkApplicationId(application.spec), "SPARK");
    },
    async pageToken(of) {
      const page = { maxResults: 1, nextToken: null };
      for (const _ of [1, 2]) await (of === null ? cluster() : run(of));
      const { nextToken } = await (of === null
        ? emr.listVirtualClusters(context, {}, page)
        : emr.listJobRuns(context, virtualClusterId(of), {}, page));
      if (nextToken === null) throw new Error("A list of two fits a page of one");
      return nextToken;
    },
    async close() {
      await http.close();
      for (const close of closers) await close();
    },
  };
}

function sparkApplicationId(spec: ApplicationSpec): string {
  if (spec.kind === "history-server") throw new Error("A run's application is no history server");
  return spec.sparkApplicationId;
}
