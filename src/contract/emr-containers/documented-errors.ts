import { DOCUMENTED_ELSEWHERE } from "./documented-errors-elsewhere.ts";

/** What becomes here of an error, or a failure, that the service's guide describes. */
export type DocumentedOutcome =
  /** The answer's status, exception and message; words in braces stand for what the situation gives. */
  | { readonly kind: "answer"; readonly status: number; readonly type: string; readonly message: string }
  /** The run ends FAILED so; the service's words, which more may follow. */
  | { readonly kind: "failed-run"; readonly failureReason: string; readonly stateDetails: string }
  /** The guide prints no words: what happens instead. */
  | { readonly kind: "behaviour"; readonly what: string }
  /** It cannot arise here, for this reason. */
  | { readonly kind: "not-applicable"; readonly reason: string };

export interface DocumentedError {
  /** Section and row of the specification, with the line of the guide. */
  readonly source: string;
  readonly condition: string;
  readonly outcome: DocumentedOutcome;
}

const refused = (message: string) =>
  ({ kind: "answer", status: 400, type: "ValidationException", message }) as const;
const missing = (message: string) =>
  ({ kind: "answer", status: 400, type: "ResourceNotFoundException", message }) as const;
const failed = (failureReason: string, stateDetails: string) =>
  ({ kind: "failed-run", failureReason, stateDetails }) as const;
const behaviour = (what: string) => ({ kind: "behaviour", what }) as const;
const notApplicable = (reason: string) => ({ kind: "not-applicable", reason }) as const;

const NO_POLICIES =
  "there are no IAM policies on this server: an active access key may do everything in its own account";
const NO_EKS =
  "there is no EKS cluster behind a virtual cluster; an engine that cannot answer changes no run's state";
const NO_POD_TEMPLATES =
  "pod templates are refused by name: `spark.kubernetes.driver.podTemplateFile is not supported: pod templates are not implemented.`";

/** Every row of the guide's tables of errors that concern job runs and virtual clusters. */
const OF_JOB_RUNS = {
  "argument-required": {
    source: "emr-b.md 4.1 row 1 (L7207)",
    condition: "a required argument is missing",
    outcome: notApplicable(
      "the AWS CLI says it before it sends anything; for what the model does not require, this server answers `Member must not be null`",
    ),
  },
  "role-missing": {
    source: "emr-b.md 4.1 row 2 (L7208)",
    condition: "the execution role does not exist",
    outcome: notApplicable("there is no IAM on this server to hold a role: any role of the account will do"),
  },
  "role-not-permitted": {
    source: "emr-b.md 4.1 row 3 (L7209)",
    condition: "condition keys keep the caller from the execution role",
    outcome: notApplicable(NO_POLICIES),
  },
  "role-of-another-account": {
    source: "emr-b.md 4.1 row 4 (L7210)",
    condition: "caller and execution role belong to different accounts",
    outcome: {
      kind: "answer",
      status: 403,
      type: "AccessDeniedException",
      message: "User: {caller} is not authorized to perform: emr-containers:StartJobRun",
    },
  },
  "role-is-no-arn": {
    source: "emr-b.md 4.1 row 5 (L7211)",
    condition: "the execution role is not an ARN",
    outcome: refused(
      "1 validation error detected: Value {role} at 'executionRoleArn' failed to satisfy the ARN regular expression pattern: ^arn:(aws[a-zA-Z0-9-]*):iam::(\\d{12})?:(role((\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F))[\\w+=,.@-]+)",
    ),
  },
  "cluster-missing": {
    source: "emr-b.md 4.1 row 6 (L7214)",
    condition: "the virtual cluster does not exist",
    outcome: missing("Virtual cluster {cluster} doesn't exist."),
  },
  "cluster-not-ready": {
    source: "emr-b.md 4.1 row 7 (L7214)",
    condition: "the virtual cluster is not RUNNING",
    outcome: refused("Virtual cluster state {state} is not valid to create resource JobRun."),
  },
  "release-missing": {
    source: "emr-b.md 4.1 row 8 (L7215)",
    condition: "the release label is not one of the service's",
    outcome: missing("Release {release} doesn't exist."),
  },
  "explicitly-denied": {
    source: "emr-b.md 4.1 row 9a (L7218)",
    condition: "a policy denies StartJobRun",
    outcome: notApplicable(NO_POLICIES),
  },
  "not-allowed": {
    source: "emr-b.md 4.1 row 9b (L7218)",
    condition: "no policy allows StartJobRun",
    outcome: notApplicable(NO_POLICIES),
  },
  "log-uri": {
    source: "emr-b.md 4.1 row 10 (L7219)",
    condition: "logUri is not of the form s3://…",
    outcome: refused(
      "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri failed to satisfy constraint : Member must be of the form s3://bucket/prefix",
    ),
  },
  "classification-not-supported": {
    source: "emr-b.md 4.2 row 1 (L7224-7227)",
    condition: "a classification that the release does not have",
    outcome: failed(
      "VALIDATION_ERROR",
      "JobRun submission failed. Classification {classification} not supported.",
    ),
  },
  "eks-missing-before": {
    source: "emr-b.md 4.2 row 2 (L7228)",
    condition: "the EKS cluster does not exist, before the run",
    outcome: notApplicable(NO_EKS),
  },
  "eks-forbidden-before": {
    source: "emr-b.md 4.2 row 3 (L7229)",
    condition: "no permission on the EKS cluster, before the run",
    outcome: notApplicable(NO_EKS),
  },
  "eks-unreachable-before": {
    source: "emr-b.md 4.2 row 4 (L7230)",
    condition: "the EKS cluster is unreachable, before the run",
    outcome: notApplicable(NO_EKS),
  },
  "internal-before": {
    source: "emr-b.md 4.2 row 5 (L7231)",
    condition: "an internal error before the driver ran",
    outcome: failed("INTERNAL_ERROR", "JobRun submission failed due to an internal error."),
  },
  "insufficient-resources": {
    source: "emr-b.md 4.2 row 6 (L7234)",
    condition: "the cluster is too small (here: `engine.process.memory` is strict)",
    outcome: failed("USER_ERROR", "Cluster {eks} does not have sufficient resources."),
  },
  "eks-missing-after": {
    source: "emr-b.md 4.3 row 1 (L7239)",
    condition: "the EKS cluster does not exist, while the run is watched",
    outcome: notApplicable(NO_EKS),
  },
  "eks-forbidden-after": {
    source: "emr-b.md 4.3 row 2 (L7240)",
    condition: "no permission on the EKS cluster, while the run is watched",
    outcome: notApplicable(NO_EKS),
  },
  "eks-unreachable-after": {
    source: "emr-b.md 4.3 row 3 (L7243)",
    condition: "the EKS cluster is unreachable, while the run is watched",
    outcome: notApplicable(NO_EKS),
  },
  "internal-after": {
    source: "emr-b.md 4.3 row 4 (L7244)",
    condition: "an internal error while the run is watched",
    outcome: failed("INTERNAL_ERROR", "Trouble monitoring your JobRun due to an internal error"),
  },
  "start-timeout": {
    source: "emr-b.md 4.3 row 5 (L7249)",
    condition: "the run stays in SUBMITTED for as long as job-start-timeout says",
    outcome: failed("CLUSTER_UNAVAILABLE", "cluster timeout"),
  },
  "max-attempts": {
    source: "emr-b.md 4.4 row 1 (L7906-7912)",
    condition: "maxAttempts is not between 1 and 2147483647",
    outcome: refused("Retry policy configuration's parameter value of maxAttempts is invalid"),
  },
  "pod-template-field": {
    source: "emr-b.md 4.4 row 2 (L7730-7735)",
    condition: "a pod template has a field that is not allowed",
    outcome: notApplicable(NO_POD_TEMPLATES),
  },
  "pod-template-mount": {
    source: "emr-b.md 4.4 row 3 (L7771-7775)",
    condition: "a pod template mounts over a reserved path",
    outcome: notApplicable(NO_POD_TEMPLATES),
  },
  "name-taken": {
    source: "emr-b.md 4.4 row 8 (L4132-4134)",
    condition: "another virtual cluster has the name, also one of another EKS cluster",
    outcome: refused("A virtual cluster with the name {name} already exists"),
  },
  "log-bucket-missing": {
    source: "emr-c.md 4 row 6 (L8692), emr-b.md B7",
    condition: "the bucket for logs does not exist",
    outcome: behaviour("the bucket is made, as the service does where it may"),
  },
  "delete-cluster-forbidden": {
    source: "emr-c.md 4 row 10 (L9776)",
    condition: "a virtual cluster is deleted without the permissions that takes",
    outcome: notApplicable(
      "deleting a cluster here undoes nothing elsewhere that could fail: it never is ARRESTED",
    ),
  },
  "tags-cannot-be-applied": {
    source: "emr-d.md 4 E14 (L13112)",
    condition: "a tag of a creation cannot be applied",
    outcome: behaviour("the call is refused and nothing is created"),
  },
  "kms-key-forbidden": {
    source: "emr-d.md 4 E10 (L12477)",
    condition: "the caller may not use the KMS key for logs",
    outcome: refused(
      "Member 'configurationOverrides.monitoringConfiguration.managedLogs.encryptionKeyArn' is not supported: leave it out: logs are not encrypted with a key of KMS",
    ),
  },
  "not-authorized": {
    source: "emr-d.md 4 E1 (L12042-12046)",
    condition: "the caller lacks an action",
    outcome: notApplicable(NO_POLICIES),
  },
  "pass-role": {
    source: "emr-d.md 4 E2 (L12056-12060)",
    condition: "the caller may not pass a role",
    outcome: notApplicable(NO_POLICIES),
  },
  "other-account": {
    source: "emr-d.md 4 E3 (L12064-12074)",
    condition: "somebody of another account needs access",
    outcome: missing("Virtual cluster {cluster} doesn't exist."),
  },
} as const satisfies Readonly<Record<string, DocumentedError>>;

export const DOCUMENTED_ERRORS: Readonly<Record<string, DocumentedError>> = {
  ...OF_JOB_RUNS,
  ...DOCUMENTED_ELSEWHERE,
};

export type DocumentedErrorId = keyof typeof OF_JOB_RUNS;

/** The errors that arise here: each has a test. */
export type ArisingErrorId = {
  [Id in DocumentedErrorId]: (typeof OF_JOB_RUNS)[Id]["outcome"]["kind"] extends "not-applicable"
    ? never
    : Id;
}[DocumentedErrorId];

export const ERRORS_OF_JOB_RUNS: Readonly<Record<DocumentedErrorId, DocumentedError>> = OF_JOB_RUNS;
