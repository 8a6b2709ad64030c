import type { JobRunId, Scope, VirtualClusterId } from "../ids.ts";

/** emr-b.md 2.3; the values of botocore's `JobRunState`. */
export const JOB_RUN_STATES = [
  "PENDING",
  "SUBMITTED",
  "RUNNING",
  "FAILED",
  "CANCELLED",
  "CANCEL_PENDING",
  "COMPLETED",
] as const;
export type JobRunState = (typeof JOB_RUN_STATES)[number];

/** The states in which a run may still be cancelled and its virtual cluster is in use. */
export const ACTIVE_JOB_RUN_STATES = [
  "PENDING",
  "SUBMITTED",
  "RUNNING",
  "CANCEL_PENDING",
] as const satisfies readonly JobRunState[];

export function isActive(state: JobRunState): boolean {
  return (ACTIVE_JOB_RUN_STATES as readonly JobRunState[]).includes(state);
}

/** botocore's `FailureReason`. */
export type FailureReason = "INTERNAL_ERROR" | "USER_ERROR" | "VALIDATION_ERROR" | "CLUSTER_UNAVAILABLE";

export interface SparkSubmitJobDriver {
  readonly entryPoint: string;
  readonly entryPointArguments?: readonly string[];
  readonly sparkSubmitParameters?: string;
}

export interface SparkSqlJobDriver {
  /** The file of SQL statements. */
  readonly entryPoint: string;
  readonly sparkSqlParameters?: string;
}

/** A union: exactly one member is set (emr-b.md B4). */
export interface JobDriver {
  readonly sparkSubmitJobDriver?: SparkSubmitJobDriver;
  readonly sparkSqlJobDriver?: SparkSqlJobDriver;
}

export interface Configuration {
  readonly classification: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly configurations?: readonly Configuration[];
}

export interface MonitoringConfiguration {
  readonly persistentAppUI?: "ENABLED" | "DISABLED";
  readonly cloudWatchMonitoringConfiguration?: {
    readonly logGroupName: string;
    readonly logStreamNamePrefix?: string;
  };
  readonly s3MonitoringConfiguration?: { readonly logUri: string };
  readonly containerLogRotationConfiguration?: {
    /** Such as `10MB`. */
    readonly rotationSize: string;
    readonly maxFilesToKeep: number;
  };
  /** Who may keep logs beside the run's owner: nobody does. */
  readonly managedLogs?: { readonly allowAWSToRetainLogs?: "ENABLED" | "DISABLED" };
}

export interface ConfigurationOverrides {
  readonly applicationConfiguration?: readonly Configuration[];
  readonly monitoringConfiguration?: MonitoringConfiguration;
}

/** What StartJobRun was asked for; kept as sent, since DescribeJobRun echoes it. */
export interface JobRunRequest {
  readonly name: string | null;
  readonly executionRoleArn: string;
  readonly releaseLabel: string;
  readonly jobDriver: JobDriver;
  readonly configurationOverrides: ConfigurationOverrides | null;
}

export interface JobRun extends Scope {
  readonly id: JobRunId;
  readonly virtualClusterId: VirtualClusterId;
  readonly request: JobRunRequest;
  readonly clientToken: string;
  /** ARN of the principal that called StartJobRun. */
  readonly createdBy: string;
  readonly state: JobRunState;
  /** At most 256 characters: the model's limit of `stateDetails`. */
  readonly stateDetails: string | null;
  readonly failureReason: FailureReason | null;
  readonly cancelRequestedAtMs: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
  readonly version: number;
}

/** botocore: `String256` of `stateDetails`. */
export const STATE_DETAILS_MAX_CHARACTERS = 256;
