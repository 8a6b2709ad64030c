import { Type } from "typebox";
import { operation } from "../operation.ts";
import { ConfigurationOverrides } from "./configuration.ts";
import {
  ClientToken,
  EntryPointArgument,
  EntryPointPath,
  MaxResults,
  NextToken,
  NOTHING,
  ReleaseLabel,
  ResourceId,
  ResourceName,
  RoleArn,
  SparkSqlParameters,
  SparkSubmitParameters,
  String256,
  structure,
  TagMap,
  Timestamp,
  unsupported,
} from "./shapes.ts";

export const JOB_RUN_STATES = [
  "PENDING",
  "SUBMITTED",
  "RUNNING",
  "FAILED",
  "CANCELLED",
  "CANCEL_PENDING",
  "COMPLETED",
] as const;
const JobRunState = Type.Enum(JOB_RUN_STATES);

export const FAILURE_REASONS = [
  "INTERNAL_ERROR",
  "USER_ERROR",
  "VALIDATION_ERROR",
  "CLUSTER_UNAVAILABLE",
] as const;

const SparkSubmitJobDriver = structure({
  entryPoint: EntryPointPath,
  entryPointArguments: Type.Optional(
    Type.Array(EntryPointArgument, {
      "x-note": "brackets, which the guide rules out (emr-b.md 1.3), reach the program as they are",
    }),
  ),
  sparkSubmitParameters: Type.Optional(SparkSubmitParameters),
});

/** The model asks for no entry point here, and without one there is nothing to run. */
const SparkSqlJobDriver = structure({
  entryPoint: EntryPointPath,
  sparkSqlParameters: Type.Optional(SparkSqlParameters),
});

/** Exactly one kind of job (emr-b.md B4). */
const JobDriver = Type.Object(
  {
    sparkSubmitJobDriver: Type.Optional(SparkSubmitJobDriver),
    sparkSqlJobDriver: Type.Optional(SparkSqlJobDriver),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
);

/**
 * Any number passes here: for one out of range the service has words of its own (emr-b.md 4.4), and one attempt is what
 * there is without a policy (emr-b.md B28).
 */
const RetryPolicyConfiguration = structure(
  {
    maxAttempts: Type.Integer({
      "x-unsupported-values": { example: 2, which: "above 1: a failed driver is not started again" },
      examples: [1],
    }),
  },
  { "x-not-shown": "DescribeJobRun shows a retry policy only where it is enabled (emr-b.md B30)" },
);

/** What DescribeJobRun and ListJobRuns show of a run. */
export const JobRun = structure({
  id: ResourceId,
  name: Type.Optional(ResourceName),
  virtualClusterId: ResourceId,
  arn: Type.String(),
  state: JobRunState,
  clientToken: ClientToken,
  executionRoleArn: RoleArn,
  releaseLabel: ReleaseLabel,
  configurationOverrides: Type.Optional(ConfigurationOverrides),
  jobDriver: JobDriver,
  createdAt: Timestamp,
  createdBy: Type.String(),
  finishedAt: Type.Optional(Timestamp),
  stateDetails: Type.Optional(String256),
  failureReason: Type.Optional(Type.Enum(FAILURE_REASONS)),
  tags: TagMap,
});

/** What ListJobRuns shows of a run. */
export const ListedJobRun = Type.Omit(JobRun, ["jobDriver", "configurationOverrides"], {
  additionalProperties: false,
});

const jobRunParams = structure({ virtualClusterId: ResourceId, id: ResourceId });
const FROM_TEMPLATE = "job templates are not implemented: give executionRoleArn, releaseLabel and jobDriver";

/** The model requires no more than a client token because a job template may hold the rest; without one all is needed. */
export const StartJobRun = operation({
  name: "StartJobRun",
  method: "POST",
  path: "/virtualclusters/{virtualClusterId}/jobruns",
  summary: "Submits a job run",
  params: structure({ virtualClusterId: ResourceId }),
  query: NOTHING,
  body: structure({
    name: Type.Optional(ResourceName),
    clientToken: ClientToken,
    executionRoleArn: RoleArn,
    releaseLabel: ReleaseLabel,
    jobDriver: JobDriver,
    configurationOverrides: Type.Optional(ConfigurationOverrides),
    tags: Type.Optional(TagMap),
    jobTemplateId: unsupported(FROM_TEMPLATE),
    jobTemplateParameters: unsupported(FROM_TEMPLATE),
    retryPolicyConfiguration: Type.Optional(RetryPolicyConfiguration),
  }),
  response: structure({
    id: ResourceId,
    name: Type.Optional(ResourceName),
    arn: Type.String(),
    virtualClusterId: ResourceId,
  }),
});

export const DescribeJobRun = operation({
  name: "DescribeJobRun",
  method: "GET",
  path: "/virtualclusters/{virtualClusterId}/jobruns/{id}",
  summary: "Shows a job run",
  params: jobRunParams,
  query: NOTHING,
  body: NOTHING,
  response: structure({ jobRun: JobRun }),
});

export const ListJobRuns = operation({
  name: "ListJobRuns",
  method: "GET",
  path: "/virtualclusters/{virtualClusterId}/jobruns",
  summary: "Lists the job runs of a virtual cluster, newest first",
  params: structure({ virtualClusterId: ResourceId }),
  query: structure({
    createdBefore: Type.Optional(Timestamp),
    createdAfter: Type.Optional(Timestamp),
    name: Type.Optional(ResourceName),
    states: Type.Optional(Type.Array(JobRunState, { maxItems: 10 })),
    maxResults: Type.Optional(MaxResults),
    nextToken: Type.Optional(NextToken),
  }),
  body: NOTHING,
  response: structure({ jobRuns: Type.Array(ListedJobRun), nextToken: Type.Optional(NextToken) }),
});

export const CancelJobRun = operation({
  name: "CancelJobRun",
  method: "DELETE",
  path: "/virtualclusters/{virtualClusterId}/jobruns/{id}",
  summary: "Asks for the end of a job run",
  params: jobRunParams,
  query: NOTHING,
  body: NOTHING,
  response: structure({ id: ResourceId, virtualClusterId: ResourceId }),
});
