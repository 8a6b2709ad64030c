import type { Application } from "../../src/core/application/application.ts";
import { applicationCreated } from "../../src/core/application/create.ts";
import type { ApplicationSpec } from "../../src/core/application/spec.ts";
import {
  accountId,
  applicationId,
  jobRunId,
  region,
  type Scope,
  virtualClusterId,
} from "../../src/core/ids.ts";
import type { JobRun, JobRunRequest } from "../../src/core/job-run/job-run.ts";
import { NO_LIMITS, type VirtualCluster } from "../../src/core/virtual-cluster/virtual-cluster.ts";

export const SAMPLE_SCOPE: Scope = { account: accountId("123456789012"), region: region("us-east-1") };

export function sampleSpec(
  patch: Partial<ApplicationSpec<"spark-submit">> = {},
): ApplicationSpec<"spark-submit"> {
  return {
    kind: "spark-submit",
    runtime: { sparkVersion: "3.5", javaVersion: null },
    sparkApplicationId: "spark-0123456789abcdef0123456789abcdef",
    entryPoint: "s3://code/job.py",
    arguments: ["1"],
    options: ["--conf", "spark.executor.instances=1"],
    configuration: { "spark-defaults": { "spark.driver.memory": "1g" } },
    resources: { cores: 1, memoryBytes: 2 ** 31 },
    eventLog: true,
    logs: {
      s3Uri: "s3://logs/prefix",
      cloudWatch: null,
      containers: {
        driver: "c/jobs/r/containers/spark-0/spark-r-driver",
        submitter: "c/jobs/r/containers/r-submitter",
      },
    },
    startTimeoutSeconds: 900,
    ...patch,
  };
}

export function sampleApplication(patch: Partial<Application> = {}): Application {
  const created = applicationCreated({
    ...SAMPLE_SCOPE,
    id: applicationId("0000000000000000001"),
    owner: { kind: "job-run", id: "0000000000000000001" },
    node: "node-1",
    engine: "process",
    queue: "abc",
    spec: sampleSpec(),
    nowMs: 1,
  });
  return { ...created, ...patch };
}

export function sampleRequest(patch: Partial<JobRunRequest> = {}): JobRunRequest {
  return {
    name: "sample",
    executionRoleArn: "arn:aws:iam::123456789012:role/job",
    releaseLabel: "emr-7.7.0-latest",
    jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://code/job.py" } },
    configurationOverrides: null,
    ...patch,
  };
}

export function sampleJobRun(patch: Partial<JobRun> = {}): JobRun {
  return {
    ...SAMPLE_SCOPE,
    id: jobRunId("0000000000000000001"),
    virtualClusterId: virtualClusterId("abc"),
    request: sampleRequest(),
    clientToken: "token",
    createdBy: "arn:aws:iam::123456789012:user/admin",
    state: "PENDING",
    stateDetails: null,
    failureReason: null,
    cancelRequestedAtMs: null,
    tags: {},
    createdAtMs: 1,
    finishedAtMs: null,
    version: 0,
    ...patch,
  };
}

export function sampleVirtualCluster(patch: Partial<VirtualCluster> = {}): VirtualCluster {
  return {
    ...SAMPLE_SCOPE,
    id: virtualClusterId("abc"),
    name: "sample",
    state: "RUNNING",
    eksClusterId: "eks",
    namespace: "default",
    limits: NO_LIMITS,
    tags: {},
    createdAtMs: 1,
    terminatedAtMs: null,
    version: 0,
    ...patch,
  };
}
