import type { AccessKey } from "../../src/core/access/access-key.ts";
import type { Application } from "../../src/core/application/application.ts";
import type { Effect } from "../../src/core/effects.ts";
import type { DomainEvent } from "../../src/core/events.ts";
import {
  accessKeyId,
  accountId,
  applicationId,
  effectId,
  jobRunId,
  region,
  type Scope,
  virtualClusterId,
} from "../../src/core/ids.ts";
import type { JobRun } from "../../src/core/job-run/job-run.ts";
import type { ClientToken, LogDelivery } from "../../src/core/ports/store.ts";
import { NO_LIMITS, type VirtualCluster } from "../../src/core/virtual-cluster/virtual-cluster.ts";

/** Rows for tests of the store: whole and plausible, each with what the test wants different. */

export const scope: Scope = { account: accountId("111122223333"), region: region("eu-central-1") };

export function aVirtualCluster(id: string, different: Partial<VirtualCluster> = {}): VirtualCluster {
  return {
    ...scope,
    id: virtualClusterId(id),
    name: `name of ${id}`,
    state: "RUNNING",
    eksClusterId: "eks-1",
    namespace: `namespace-of-${id}`,
    limits: NO_LIMITS,
    tags: { team: "data", "empty value": "" },
    createdAtMs: 1_795_000_000_000,
    terminatedAtMs: null,
    version: 0,
    ...different,
  };
}

export function aJobRun(id: string, different: Partial<JobRun> = {}): JobRun {
  return {
    ...scope,
    id: jobRunId(id),
    virtualClusterId: virtualClusterId("cluster"),
    request: {
      name: null,
      executionRoleArn: "arn:aws:iam::111122223333:role/job",
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: { entryPoint: "s3://b/ä'\"\\ \u{1F525}.py", entryPointArguments: [""] },
      },
      configurationOverrides: null,
    },
    clientToken: `token of ${id}`,
    createdBy: "arn:aws:iam::111122223333:user/admin",
    state: "PENDING",
    stateDetails: null,
    failureReason: null,
    cancelRequestedAtMs: null,
    tags: {},
    createdAtMs: 1_795_000_000_000,
    finishedAtMs: null,
    version: 0,
    ...different,
  };
}

/** A job run with the name that lists filter by. */
export function namedJobRun(id: string, name: string | null, different: Partial<JobRun> = {}): JobRun {
  const run = aJobRun(id, different);
  return { ...run, request: { ...run.request, name } };
}

export function anApplication(id: string, different: Partial<Application> = {}): Application {
  return {
    ...scope,
    id: applicationId(id),
    owner: { kind: "job-run", id },
    node: "node-1",
    engine: "process",
    queue: "cluster",
    spec: {
      kind: "spark-submit",
      runtime: { sparkVersion: "3.5", javaVersion: null },
      sparkApplicationId: "spark-0123456789abcdef0123456789abcdef",
      entryPoint: "s3://bucket/main.py",
      arguments: ["--day", "2026-11-22"],
      options: ["--conf", "spark.executor.cores=1"],
      configuration: { "spark-defaults": { "spark.ui.enabled": "false" } },
      resources: { cores: 2, memoryBytes: 4 * 1024 ** 3 },
      eventLog: true,
      logs: { s3Uri: null, cloudWatch: null, containers: { driver: "driver", submitter: "submitter" } },
      startTimeoutSeconds: 900,
    },
    state: "accepted",
    waitingFor: null,
    grant: null,
    killRequestedAtMs: null,
    killReason: null,
    exit: null,
    logProblem: null,
    createdAtMs: 1_795_000_000_000,
    admittedAtMs: null,
    runningAtMs: null,
    endedAtMs: null,
    version: 0,
    ...different,
  };
}

export function anAccessKey(id: string, different: Partial<AccessKey> = {}): AccessKey {
  return {
    id: accessKeyId(id),
    account: scope.account,
    principalArn: "arn:aws:iam::111122223333:user/admin",
    encryptedSecret: "b3BhcXVl",
    state: "Active",
    createdAtMs: 1_795_000_000_000,
    version: 0,
    ...different,
  };
}

export function aClientToken(token: string, different: Partial<ClientToken> = {}): ClientToken {
  return {
    ...scope,
    operation: "StartJobRun",
    token,
    requestHash: "a".repeat(64),
    resourceId: "run-1",
    createdAtMs: 1_795_000_000_000,
    ...different,
  };
}

export function anEffect(id: string, application: string, different: Partial<Effect> = {}): Effect {
  return {
    id: effectId(id),
    kind: "launch",
    application: applicationId(application),
    node: "node-1",
    attempts: 0,
    dueAtMs: 1_000,
    createdAtMs: 1_000,
    lastError: null,
    ...different,
  };
}

export function anEvent(subjectId: string, different: Partial<DomainEvent> = {}): DomainEvent {
  return {
    ...scope,
    subject: { kind: "job-run", id: subjectId },
    type: "job-run.state-changed",
    atMs: 1_795_000_000_000,
    detail: { from: "PENDING", to: "RUNNING", nested: [1, null, { deep: true }] },
    ...different,
  };
}

export function aLogDelivery(application: string, different: Partial<LogDelivery> = {}): LogDelivery {
  return {
    application: applicationId(application),
    container: "driver",
    stream: "stdout",
    sink: "s3",
    sourceBytes: 100,
    sinkBytes: 40,
    ...different,
  };
}
