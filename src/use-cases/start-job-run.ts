import type { Caller } from "../core/access/access-key.ts";
import { applicationCreated } from "../core/application/create.ts";
import { decideApplication } from "../core/application/decide.ts";
import { DomainError, invalid, notFound } from "../core/errors.ts";
import { applicationIdOf, jobRunId } from "../core/ids.ts";
import { jobRunChanged, reflectApplication } from "../core/job-run/decide.ts";
import type { JobRun } from "../core/job-run/job-run.ts";
import { type Plan, planJobRun } from "../core/job-run/plan.ts";
import { readReleaseLabel } from "../core/job-run/release-label.ts";
import type { Change, Store } from "../core/ports/store.ts";
import { QUEUED_JOB_RUN_STATES } from "../core/virtual-cluster/scheduler.ts";
import type { VirtualCluster } from "../core/virtual-cluster/virtual-cluster.ts";
import { makeOnce, rememberToken, type TokenedRequest } from "./client-token.ts";
import type { Dependencies } from "./dependencies.ts";
import type { CallContext, StartJobRunInput } from "./emr-containers.ts";
import { checkTags } from "./tags.ts";

/**
 * StartJobRun. Stores the run and its first application, both before the answer; admission launches it later.
 * Throws DomainErrors of kind `invalid` and `not-found` in the service's words (emr-b.md 4.1).
 */
export async function startJobRun(
  dependencies: Dependencies,
  context: CallContext,
  input: StartJobRunInput,
): Promise<JobRun> {
  const { store, clock, ids, wake } = dependencies;
  const { scope } = context;
  const { clientToken, ...body } = input;
  const request: TokenedRequest = { scope, operation: "StartJobRun", token: clientToken, body };
  checkTags(input.tags);
  const find = async (made: string): Promise<JobRun> => {
    const run = await store.jobRuns.byId(jobRunId(made));
    if (run === null) throw new DomainError("internal", `Job run ${made} of the client token is gone.`);
    return run;
  };
  const make = async (): Promise<JobRun> => {
    const cluster = await refuseUnusableCluster(dependencies, context, input);
    const id = ids.jobRun();
    const plan = planned(dependencies, input, cluster, id, ids.sparkApplication());
    const { maxInQueueJobRuns } = cluster.limits;
    const queueRoom =
      maxInQueueJobRuns === null ? [] : [await roomInQueue(store, cluster.id, maxInQueueJobRuns)];
    const nowMs = clock.now();
    const run: JobRun = {
      ...scope,
      id,
      virtualClusterId: input.virtualClusterId,
      request: input.request,
      clientToken,
      createdBy: context.caller.principalArn,
      state: "PENDING",
      stateDetails: null,
      failureReason: null,
      cancelRequestedAtMs: null,
      tags: input.tags,
      createdAtMs: nowMs,
      finishedAtMs: null,
      version: 0,
    };
    const accepted = applicationCreated({
      ...scope,
      id: applicationIdOf(id, 1),
      owner: { kind: "job-run", id },
      node: dependencies.node,
      engine: dependencies.engine,
      queue: cluster.id,
      spec: plan.spec,
      nowMs,
    });
    const refused =
      plan.refusal === null
        ? null
        : decideApplication(accepted, { type: "refused", cause: "refused", reason: plan.refusal }, nowMs);
    const application = refused?.next ?? accepted;
    const row = reflectApplication(run, application, nowMs)?.next ?? run;
    await store.commit([
      { kind: "virtual-cluster-unchanged", id: cluster.id, version: cluster.version },
      ...queueRoom,
      { kind: "job-run", row },
      { kind: "application", row: application },
      rememberToken(request, id, nowMs),
      { kind: "event", event: jobRunChanged(null, row, nowMs) },
      ...(refused?.events ?? []).map((event) => ({ kind: "event" as const, event })),
    ]);
    wake("in-line");
    return row;
  };
  return makeOnce(store, request, { make, find });
}

async function refuseUnusableCluster(
  { store }: Dependencies,
  { scope, caller }: CallContext,
  input: StartJobRunInput,
) {
  const cluster = await store.virtualClusters.get(scope, input.virtualClusterId);
  if (cluster === null) throw notFound(`Virtual cluster ${input.virtualClusterId} doesn't exist.`);
  if (cluster.state !== "RUNNING") {
    throw invalid(`Virtual cluster state ${cluster.state} is not valid to create resource JobRun.`);
  }
  refuseForeignRole(caller, scope.account, input);
  return cluster;
}

/**
 * What the commit must hold besides where the cluster's queue is limited. Throws `invalid` where the queue is full: the
 * model names the ValidationException (botocore 1.44.5, `SchedulerConfiguration`), its words are not known.
 */
async function roomInQueue(store: Store, id: VirtualCluster["id"], limit: number): Promise<Change> {
  if ((await store.jobRuns.count(id, QUEUED_JOB_RUN_STATES, limit)) >= limit) {
    throw invalid(
      `Virtual cluster ${id} has ${limit} job run${limit === 1 ? "" : "s"} in its queue, the most that its schedulerConfiguration allows (maxInQueueJobRuns): submit again when one of them is running.`,
    );
  }
  return { kind: "job-runs-below", cluster: id, states: QUEUED_JOB_RUN_STATES, limit };
}

/** emr-b.md 4.1 row 4: caller and execution role must belong to one account; the service's words say no more. */
function refuseForeignRole(caller: Caller, account: string, input: StartJobRunInput): void {
  const roleAccount = input.request.executionRoleArn.split(":")[4];
  if (roleAccount === account) return;
  throw new DomainError(
    "forbidden",
    `User: ${caller.principalArn} is not authorized to perform: emr-containers:StartJobRun`,
  );
}

function planned(
  { executorsByDefault = 0 }: Dependencies,
  input: StartJobRunInput,
  cluster: VirtualCluster,
  run: JobRun["id"],
  sparkApplicationId: string,
): Plan {
  const { request } = input;
  const release = readReleaseLabel(request.releaseLabel, cluster.region);
  if (release.kind === "unknown") throw notFound(`Release ${request.releaseLabel} doesn't exist.`);
  if (release.kind === "unsupported")
    throw invalid(`Release ${request.releaseLabel} cannot be used: ${release.reason}.`);
  return planJobRun({
    request,
    runtime: release.runtime,
    cluster: cluster.id,
    clusterName: cluster.eksClusterId,
    run,
    sparkApplicationId,
    executorsByDefault,
  });
}
