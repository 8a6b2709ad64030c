import type { DocumentedError } from "./documented-errors.ts";

/** Rows of the guide's tables of errors that one reason keeps from arising: source, and what the row is about. */
type Rows = Readonly<Record<string, string>>;

const FLINK: Rows = {
  "emr-a.md 14 row 1 (L3311-3331)": "cert-manager is missing where the Flink operator is installed",
  "emr-a.md 14 row 2 (L3333-3335)": "`access denied` of the Flink operator's role",
  "emr-a.md 14 row 3 (L3337-3358)": "a FlinkDeployment cannot be deleted",
  "emr-a.md 14 row 4 (L3360-3407)": "Flink's S3A reads from an opt-in Region",
  "emr-a.md 14 row 5 (L3409-3484)": "Flink session jobs in Regions of China",
  "emr-a.md 14 row 7 (L2526)": "more than one JobManager without high availability",
  "emr-a.md 14 row 8 (L1831-1835)": "Flink's native client warns of ClusterIP",
};

const KUBERNETES: Rows = {
  "emr-a.md 14 row 6 (L3814-3816)": 'configmaps "aws-auth" not found',
  "emr-a.md 14 row 9 (L571-573)":
    "nodes are too small for a job (here: less is granted, or it waits in line)",
  "emr-a.md 14 row 11 (L3301-3307)": "pages that are named only",
  "emr-b.md 4.4 row 4 (L5486, L6641)": "a driver without a service account",
  "emr-b.md 4.4 row 5 (L7806-7834)": "messages of the sample sidecar script",
  "emr-b.md 4.4 row 7 (L5019)": "the vertical autoscaler shows an error",
  "emr-c.md 4 rows 1 to 4 (L8119-8180, L8249)": "OLM and the vertical autoscaling operator are installed",
  "emr-c.md 4 row 13 (L10351-10355)": "RAPIDS needs a GPU (here: its release labels are refused by name)",
  "emr-c.md 4 row 12 (L10403-10414)": "RAPIDS says what does not run on a GPU",
  "emr-d.md 4 E4 (L13183)": "roles without rights on persistent volume claims",
  "emr-d.md 4 E5 to E8 (L13479-13540)": "Helm, OLM and Docker without credentials or namespaces",
  "emr-d.md 4.2 (L13208-13351)": "messages of RBAC_Patch.py",
};

const IMAGES: Rows = {
  "emr-a.md 14 row 10 (L993)": "a custom image lacks something that is required",
};

const ENDPOINTS: Rows = {
  "emr-c.md 4 row 5 (L8605)": "an interactive endpoint's prerequisites are missing",
  "emr-c.md 4 rows 7 to 9 (L8757-8786, L9033)": "node groups and networks of interactive endpoints",
  "emr-c.md 4 row 14 (L9187-9189)": "a kernel starts slowly",
  "emr-d.md 4 E17, E19, E20 (L15428, L15357, L15807)": "limits of interactive endpoints of older releases",
};

const OPERATORS: Rows = {
  "emr-b.md 4.4 row 6 (L6902-6923)": "Livy's environment variables of another form",
  "emr-d.md 4 E9 (L13542-13586)": 'a SparkApplication has no FileSystem for scheme "s3"',
};

const OTHER_SERVICES: Rows = {
  "emr-c.md 4 row 15 (L9672-9674)": "events that are missing or out of order",
  "emr-c.md 4 row 16 (L10553-10555)": "credentials in a JDBC address",
  "emr-d.md 4 E11 (L11733)": "a service-linked role cannot be deleted while it is in use",
  "emr-d.md 4 E12 (L12297)": "a Glue operation without IAM permission",
  "emr-d.md 4 E13 (L11862-11866)": "the console without its policies",
};

const RELEASE_BUGS: Rows = {
  "emr-c.md 4 row 11 (L9808-9814)": "Delta's jar has another name from release 7 on",
  "emr-d.md 4 E15 (L15190)": "the DynamoDB connector of 6.6 to 6.8 returns nothing",
  "emr-d.md 4 E16 (L15191, L15277)": "Parquet's version string of 6.8",
  "emr-d.md 4 E18 (L15195-15197)": "the Redshift connector of 6.9 rounds times",
};

const GROUPS: readonly (readonly [prefix: string, rows: Rows, reason: string])[] = [
  ["flink", FLINK, "Flink is not served"],
  ["kubernetes", KUBERNETES, "job runs are processes on this machine: there is no Kubernetes"],
  ["images", IMAGES, "images are refused by name: job runs are processes on this machine"],
  ["endpoints", ENDPOINTS, "interactive endpoints are not implemented: 501 with the operation's name"],
  ["operators", OPERATORS, "the Spark operator and Livy are not served; s3:// needs no setting here"],
  ["others", OTHER_SERVICES, "it is another service's"],
  ["releases", RELEASE_BUGS, "open-source Spark is what runs, without what the service's releases add"],
];

/** The rows that do not concern job runs and virtual clusters on this server, so that none is missing. */
export const DOCUMENTED_ELSEWHERE: Readonly<Record<string, DocumentedError>> = Object.fromEntries(
  GROUPS.flatMap(([prefix, rows, reason]) =>
    Object.entries(rows).map(([source, condition], index) => [
      `${prefix}-${index + 1}`,
      { source, condition, outcome: { kind: "not-applicable", reason } } satisfies DocumentedError,
    ]),
  ),
);
