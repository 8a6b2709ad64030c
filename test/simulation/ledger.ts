import { isDeepStrictEqual } from "node:util";
import {
  type Application,
  type ApplicationState,
  ENDED_STATES,
  hasEnded,
} from "../../src/core/application/application.ts";
import type { Resources } from "../../src/core/application/spec.ts";
import type { VirtualClusterId } from "../../src/core/ids.ts";
import { JOB_RUN_STATE_OF } from "../../src/core/job-run/decide.ts";
import {
  ACTIVE_JOB_RUN_STATES,
  isActive,
  type JobRun,
  type JobRunState,
} from "../../src/core/job-run/job-run.ts";
import type { Change } from "../../src/core/ports/store.ts";
import {
  concurrencyLimit,
  PLACED_JOB_RUN_STATES,
  QUEUED_JOB_RUN_STATES,
} from "../../src/core/virtual-cluster/scheduler.ts";
import type { VirtualCluster, VirtualClusterState } from "../../src/core/virtual-cluster/virtual-cluster.ts";

const ENDED: readonly ApplicationState[] = ENDED_STATES;

/** Where each state may go; from null is how a row may begin. */
const APPLICATION_EDGES: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  accepted: ["accepted", "launching", "failed", "killed"],
  launching: ["launching", "running", ...ENDED],
  running: ["running", ...ENDED],
  succeeded: [],
  failed: [],
  killed: [],
};

const ENDED_RUN: readonly JobRunState[] = ["COMPLETED", "FAILED", "CANCELLED"];
const JOB_RUN_EDGES: Readonly<Record<JobRunState, readonly JobRunState[]>> = {
  PENDING: ["PENDING", "SUBMITTED", "FAILED", "CANCELLED"],
  SUBMITTED: ["SUBMITTED", "RUNNING", "CANCEL_PENDING", ...ENDED_RUN],
  RUNNING: ["RUNNING", "CANCEL_PENDING", ...ENDED_RUN],
  CANCEL_PENDING: ["CANCEL_PENDING", ...ENDED_RUN],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

const VIRTUAL_CLUSTER_EDGES: Readonly<Record<VirtualClusterState, readonly VirtualClusterState[]>> = {
  RUNNING: ["RUNNING", "TERMINATING", "TERMINATED"],
  TERMINATING: ["TERMINATED"],
  TERMINATED: [],
  ARRESTED: [],
};

/** Remembers every row that was committed and finds what no history of them may show. */
export class Ledger {
  readonly applications = new Map<string, Application>();
  readonly jobRuns = new Map<string, JobRun>();
  readonly virtualClusters = new Map<string, VirtualCluster>();
  readonly #tokens = new Map<string, string>();
  readonly #capacity: Resources;
  readonly #object: (problem: string) => void;

  /** @param capacity the most that may be granted at once, of cores and of memory */
  constructor(capacity: Resources, object: (problem: string) => void) {
    this.#capacity = capacity;
    this.#object = object;
  }

  /** Takes note of a commit that the database has; answers the applications that it brought to their end. */
  note(changes: readonly Change[]): Application[] {
    const ended: Application[] = [];
    for (const change of changes) {
      if (change.kind === "application") {
        if (hasEnded(change.row.state)) ended.push(change.row);
        this.#noteApplication(change.row);
      } else if (change.kind === "job-run") this.#noteJobRun(change.row);
      else if (change.kind === "virtual-cluster") this.#noteVirtualCluster(change.row);
      else if (change.kind === "client-token") {
        const { account, region, operation, token, resourceId } = change.row;
        const key = [account, region, operation, token].join("/");
        if (this.#tokens.has(key)) this.#object(`client token ${key} was taken twice`);
        this.#tokens.set(key, resourceId);
      }
    }
    for (const change of changes) {
      if (change.kind === "application") this.#checkDerived(change.row);
      if (change.kind === "job-run") this.#checkOwned(change.row);
    }
    this.#checkGrants();
    return ended;
  }

  resourceOfToken(...key: readonly string[]): string | null {
    return this.#tokens.get(key.join("/")) ?? null;
  }

  #noteApplication(row: Application): void {
    const before = this.applications.get(row.id);
    this.applications.set(row.id, { ...row, version: row.version + 1 });
    const say = (problem: string) => this.#object(`application ${row.id} ${problem}`);
    if (before === undefined) {
      if (row.state !== "accepted" && row.state !== "failed") say(`began as ${row.state}`);
      return;
    }
    if (row.version !== before.version) say(`was written over version ${before.version} as ${row.version}`);
    if (!APPLICATION_EDGES[before.state].includes(row.state))
      say(`went from ${before.state} to ${row.state}`);
    if (before.exit !== null && !isDeepStrictEqual(row.exit, before.exit)) say("changed its exit");
    if (before.grant !== null && !isDeepStrictEqual(row.grant, before.grant)) say("changed its grant");
    if (before.killRequestedAtMs !== null && row.killRequestedAtMs !== before.killRequestedAtMs)
      say("changed when it was asked to end");
    if (hasEnded(row.state) !== (row.endedAtMs !== null))
      say(`is ${row.state} and ended at ${row.endedAtMs}`);
    if (hasEnded(row.state) && row.exit === null) say("ended without an exit");
  }

  #noteJobRun(row: JobRun): void {
    const before = this.jobRuns.get(row.id);
    this.jobRuns.set(row.id, { ...row, version: row.version + 1 });
    const say = (problem: string) => this.#object(`job run ${row.id} ${problem}`);
    if (isActive(row.state) !== (row.finishedAtMs === null))
      say(`is ${row.state} and finished at ${row.finishedAtMs}`);
    if ((row.state === "FAILED") !== (row.failureReason !== null))
      say(`is ${row.state} for ${row.failureReason}`);
    if (row.state !== before?.state) this.#checkLimits(row);
    if (before === undefined) {
      if (row.state !== "PENDING" && row.state !== "FAILED") say(`began as ${row.state}`);
      return;
    }
    if (row.version !== before.version) say(`was written over version ${before.version} as ${row.version}`);
    if (!JOB_RUN_EDGES[before.state].includes(row.state)) say(`went from ${before.state} to ${row.state}`);
    if (!isDeepStrictEqual(row.request, before.request)) say("changed its request");
  }

  #noteVirtualCluster(row: VirtualCluster): void {
    const before = this.virtualClusters.get(row.id);
    this.virtualClusters.set(row.id, { ...row, version: row.version + 1 });
    const say = (problem: string) => this.#object(`virtual cluster ${row.id} ${problem}`);
    if (row.version !== (before?.version ?? 0))
      say(`was written over version ${before?.version} as ${row.version}`);
    if (!(before === undefined ? ["RUNNING"] : VIRTUAL_CLUSTER_EDGES[before.state]).includes(row.state))
      say(`went from ${before?.state} to ${row.state}`);
    const active = this.#count(row.id, ACTIVE_JOB_RUN_STATES);
    if (row.state === "TERMINATED" && active > 0) say(`is gone with ${active} active runs`);
  }

  /** A run that was accepted or launched found room in what limits its cluster had at that moment. */
  #checkLimits({ id, virtualClusterId, state }: JobRun): void {
    const cluster = this.virtualClusters.get(virtualClusterId);
    if (cluster === undefined) {
      this.#object(`job run ${id} is of no cluster`);
      return;
    }
    if (cluster.state === "TERMINATED") this.#object(`job run ${id} is ${state} in a cluster that is gone`);
    const queued = this.#count(virtualClusterId, QUEUED_JOB_RUN_STATES);
    const placed = this.#count(virtualClusterId, PLACED_JOB_RUN_STATES);
    const { maxInQueueJobRuns } = cluster.limits;
    if (state === "PENDING" && maxInQueueJobRuns !== null && queued > maxInQueueJobRuns)
      this.#object(`job run ${id} was accepted as the ${queued}th of ${maxInQueueJobRuns}`);
    if (state === "SUBMITTED" && placed > concurrencyLimit(cluster.limits))
      this.#object(`job run ${id} was launched as the ${placed}th of ${concurrencyLimit(cluster.limits)}`);
  }

  #count(cluster: VirtualClusterId, states: readonly JobRunState[]): number {
    let count = 0;
    for (const { virtualClusterId, state } of this.jobRuns.values())
      if (virtualClusterId === cluster && states.includes(state)) count += 1;
    return count;
  }

  /** A run shows what its application is. */
  #checkDerived(application: Application): void {
    const run = this.jobRuns.get(application.owner.id);
    if (run === undefined) {
      this.#object(`application ${application.id} has no job run`);
      return;
    }
    const cancelling = application.killReason === "cancelled" && !hasEnded(application.state);
    const expected = cancelling ? "CANCEL_PENDING" : JOB_RUN_STATE_OF[application.state];
    if (run.state !== expected)
      this.#object(`job run ${run.id} is ${run.state} and its application ${application.state}`);
  }

  #checkOwned(run: JobRun): void {
    if (!this.applications.has(run.id)) this.#object(`job run ${run.id} has no application`);
  }

  #checkGrants(): void {
    let cores = 0;
    let memoryBytes = 0;
    for (const { state, exit, grant } of this.applications.values()) {
      if ((state !== "launching" && state !== "running") || exit !== null || grant === null) continue;
      cores += grant.granted.cores;
      memoryBytes += grant.granted.memoryBytes;
    }
    if (cores > this.#capacity.cores || memoryBytes > this.#capacity.memoryBytes)
      this.#object(`${cores} cores and ${memoryBytes} bytes of memory are granted at once`);
  }
}
