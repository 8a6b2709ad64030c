import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FakeService, fakeService } from "../../../test/support/fake-service.ts";
import { ROLE, refusalOf, validation } from "../../../test/support/signed-http.ts";
import type { LogRotation, SparkDriverSpec } from "../../core/application/spec.ts";
import { applicationIdOf, jobRunId } from "../../core/ids.ts";

/** What becomes of a request: it runs as this (these members of what the engine is given), or is refused so. */
type Expected =
  | { readonly runs: Partial<SparkDriverSpec> }
  | { readonly refused: string }
  /** A value of another JSON kind than the model's. */
  | { readonly unreadable: string };

interface Row {
  /** The request of emr-b.md 1.4, and what is different from what is printed there. */
  readonly name: string;
  readonly body: object;
  readonly expect: Expected;
  readonly rotation?: LogRotation;
}

const GIBIBYTE = 2 ** 30;
/** The guide prints placeholders for the role, the entry point, the main class and the bucket for logs. */
const FILLED = { executionRoleArn: ROLE };
const ENTRY_POINT = "s3://bucket/job.jar";
const ARGUMENTS = ["argument1", "argument2"];

const conf = (...settings: readonly string[]) => settings.flatMap((setting) => ["--conf", setting]);
const RESOURCES = [
  "spark.executor.instances=2",
  "spark.executor.memory=2G",
  "spark.executor.cores=2",
  "spark.driver.cores=1",
];
const PARAMETERS = `--class Main ${RESOURCES.map((setting) => `--conf ${setting}`).join(" ")}`;
const TOKENS = ["--class", "Main", ...conf(...RESOURCES)];
const SUBMIT = {
  entryPoint: ENTRY_POINT,
  entryPointArguments: ARGUMENTS,
  sparkSubmitParameters: PARAMETERS,
};
const MONITORING = {
  persistentAppUI: "ENABLED",
  cloudWatchMonitoringConfiguration: {
    logGroupName: "my_log_group",
    logStreamNamePrefix: "log_stream_prefix",
  },
  s3MonitoringConfiguration: { logUri: "s3://my-s3-log-location" },
};
const DRIVER_MEMORY = { classification: "spark-defaults", properties: { "spark.driver.memory": "2G" } };
const OVERRIDES = { applicationConfiguration: [DRIVER_MEMORY], monitoringConfiguration: MONITORING };

const E1 = {
  name: "myjob",
  releaseLabel: "emr-6.2.0-latest",
  jobDriver: { sparkSubmitJobDriver: SUBMIT },
  configurationOverrides: OVERRIDES,
};
const RUNS_E1 = {
  kind: "spark-submit",
  entryPoint: ENTRY_POINT,
  arguments: ARGUMENTS,
  options: TOKENS,
  configuration: { "spark-defaults": { "spark.driver.memory": "2G" } },
  resources: { cores: 4, memoryBytes: 6 * GIBIBYTE },
  eventLog: true,
  startTimeoutSeconds: 900,
} as const;

const submitter = (properties: object, parameters: string) => ({
  name: "spark-python-in-s3-nodeselector",
  releaseLabel: "emr-6.11.0-latest",
  jobDriver: {
    sparkSubmitJobDriver: { entryPoint: "s3://S3-prefix/trip-count.py", sparkSubmitParameters: parameters },
  },
  configurationOverrides: {
    applicationConfiguration: [
      { classification: "spark-defaults", properties: { "spark.dynamicAllocation.enabled": "false" } },
      { classification: "emr-job-submitter", properties },
    ],
    monitoringConfiguration: {
      cloudWatchMonitoringConfiguration: {
        logGroupName: "/emr-containers/jobs",
        logStreamNamePrefix: "demo",
      },
      s3MonitoringConfiguration: { logUri: "s3://joblogs" },
    },
  },
});
const TRIP =
  "--conf spark.driver.cores=5  --conf spark.executor.memory=20G --conf spark.driver.memory=15G --conf spark.executor.cores=6";
const ZONE = "jobsubmitter.node.selector.topology.kubernetes.io/zone";
const NO_POD = "no effect here: the submitter is no pod here: there is nothing to place or to mark";
const NO_CONTAINER = "no effect here: there is no container of its own for logs";
const withDefaults = (classification: string, properties: object) => ({
  name: "spark-python",
  releaseLabel: "emr-6.11.0-latest",
  jobDriver: { sparkSubmitJobDriver: { entryPoint: "s3://S3-prefix/trip-count.py" } },
  configurationOverrides: {
    applicationConfiguration: [{ classification, properties }],
    monitoringConfiguration: MONITORING,
  },
});

const POD_TEMPLATES = [
  "--class Main \\\n      --conf\nspark.kubernetes.driver.podTemplateFile=s3://path_to_driver_pod_template \\\n",
  "      --conf\nspark.kubernetes.executor.podTemplateFile=s3://path_to_executor_pod_template \\\n",
  "      --conf spark.executor.instances=2 \\\n      --conf spark.executor.memory=2G \\\n",
  "      --conf spark.executor.cores=2 \\\n      --conf spark.driver.cores=1",
].join("");
const NO_TEMPLATES =
  "spark.kubernetes.driver.podTemplateFile is not supported: pod templates are not implemented.";
const SUBMIT_PARAMETERS = "jobDriver.sparkSubmitJobDriver.sparkSubmitParameters";
const DEFAULTS = "configurationOverrides.applicationConfiguration: spark-defaults";
const NO_JOB_TEMPLATES =
  "is not supported: job templates are not implemented: give executionRoleArn, releaseLabel and jobDriver";

const E12 = {
  name: "myjob",
  releaseLabel: "emr-6.9.0-latest",
  jobDriver: {
    sparkSubmitJobDriver: {
      entryPoint: "local:///usr/lib/spark/examples/src/main/python/pi.py",
      entryPointArguments: ["2"],
    },
  },
  configurationOverrides: { monitoringConfiguration: MONITORING },
};
const EVENT_LOGS = (third: string) =>
  `--class org.apache.spark.examples.SparkPi --conf\n  spark.eventLog.rotation.enabled=true --conf spark.eventLog.rotation.interval=300 ${third} spark.eventLog.rotation.minFileSize=1m --conf\n  spark.eventLog.rotation.maxFilesToRetain=2`;
const e13 = (third: string) => ({
  releaseLabel: "emr-6.3.0-latest",
  jobDriver: {
    sparkSubmitJobDriver: {
      entryPoint: "local:///usr/lib/spark/examples/jars/spark-examples.jar",
      sparkSubmitParameters: EVENT_LOGS(third),
    },
  },
});

const e14 = (maxFilesToKeep: unknown) => ({
  ...E1,
  name: "my-long-running-job",
  releaseLabel: "emr-6.11.0-latest",
  configurationOverrides: {
    ...OVERRIDES,
    monitoringConfiguration: {
      ...MONITORING,
      containerLogRotationConfiguration: { rotationSize: "10MB", maxFilesToKeep },
    },
  },
});

const ROWS: readonly Row[] = [
  {
    name: "E1 with monitoringConfiguration where it is printed (D2)",
    body: {
      ...E1,
      configurationOverrides: { applicationConfiguration: [DRIVER_MEMORY] },
      monitoringConfiguration: MONITORING,
    },
    expect: {
      refused: "Unknown member 'monitoringConfiguration': the operation's body has no such member",
    },
  },
  {
    name: "E1 with the placeholder for the role",
    body: { ...E1, executionRoleArn: "iam_role_name_for_job_execution" },
    expect: {
      refused:
        "1 validation error detected: Value iam_role_name_for_job_execution at 'executionRoleArn' failed to satisfy the ARN regular expression pattern: ^arn:(aws[a-zA-Z0-9-]*):iam::(\\d{12})?:(role((\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F))[\\w+=,.@-]+)",
    },
  },
  {
    name: "E1 with the placeholder for the entry point",
    body: { ...E1, jobDriver: { sparkSubmitJobDriver: { ...SUBMIT, entryPoint: "entryPoint_location" } } },
    expect: {
      refused:
        "jobDriver.sparkSubmitJobDriver.entryPoint: 'entryPoint_location' has no scheme: give an s3://bucket/key, local:///path or file:///path address.",
    },
  },
  { name: "E1", body: E1, expect: { runs: RUNS_E1 } },
  { name: "E2, by flags", body: { ...E1, name: "my-job-by-flags" }, expect: { runs: RUNS_E1 } },
  {
    name: "E3, Spark SQL",
    body: {
      name: "myjob",
      releaseLabel: "emr-6.7.0-latest",
      jobDriver: {
        sparkSqlJobDriver: {
          entryPoint: "s3://bucket/query.sql",
          sparkSqlParameters:
            "--conf spark.executor.instances=2 --conf\nspark.executor.memory=2G --conf spark.executor.cores=2 --conf spark.driver.cores=1",
        },
      },
      configurationOverrides: OVERRIDES,
    },
    expect: {
      runs: {
        kind: "spark-sql",
        entryPoint: "s3://bucket/query.sql",
        options: conf(...RESOURCES),
        resources: { cores: 4, memoryBytes: 6 * GIBIBYTE },
      },
    },
  },
  {
    name: "E4, submitter on demand",
    body: submitter({ "jobsubmitter.node.selector.eks.amazonaws.com/capacityType": "ON_DEMAND" }, TRIP),
    expect: {
      runs: {
        resources: { cores: 12, memoryBytes: 55 * GIBIBYTE },
        configuration: { "spark-defaults": { "spark.dynamicAllocation.enabled": "false" } },
        notes: [`emr-job-submitter: jobsubmitter.node.selector.*: ${NO_POD}`],
      },
    },
  },
  {
    name: "E5, single zone, with the placeholder for the zone",
    body: submitter({ [ZONE]: "Availability Zone" }, TRIP),
    expect: {
      refused: `configurationOverrides.applicationConfiguration: emr-job-submitter: ${ZONE} must be a Kubernetes label value: letters, digits, '-', '_' and '.', at most 63.`,
    },
  },
  {
    name: "E5, single zone",
    body: submitter({ [ZONE]: "us-east-1a" }, TRIP),
    expect: { runs: { notes: [`emr-job-submitter: jobsubmitter.node.selector.*: ${NO_POD}`] } },
  },
  {
    name: "E6, single zone and instance type",
    body: submitter(
      { [ZONE]: "us-east-1a", "jobsubmitter.node.selector.node.kubernetes.io/instance-type": "m5.4xlarge" },
      `${TRIP} --conf\nspark.kubernetes.pyspark.pythonVersion=3 --conf spark.sql.shuffle.partitions=1000`,
    ),
    expect: {
      runs: {
        options: [
          ...conf(
            "spark.driver.cores=5",
            "spark.executor.memory=20G",
            "spark.driver.memory=15G",
            "spark.executor.cores=6",
            "spark.kubernetes.pyspark.pythonVersion=3",
            "spark.sql.shuffle.partitions=1000",
          ),
        ],
        notes: [
          `emr-job-submitter: jobsubmitter.node.selector.*: ${NO_POD}`,
          "spark.kubernetes.pyspark.pythonVersion: no effect here: the runtime's Python is a Python 3, and there is no other",
        ],
      },
    },
  },
  {
    name: "E7, the submitter's logging",
    body: withDefaults("emr-job-submitter", {
      "jobsubmitter.logging.image": "YOUR_ECR_IMAGE_URL",
      "jobsubmitter.logging.request.memory": "200Mi",
      "jobsubmitter.logging.request.cores": "0.5",
    }),
    expect: {
      runs: {
        notes: ["image", "request.memory", "request.cores"].map(
          (key) => `emr-job-submitter: jobsubmitter.logging.${key}: ${NO_CONTAINER}`,
        ),
      },
    },
  },
  {
    name: "E8, job-start-timeout",
    body: withDefaults("emr-containers-defaults", { "job-start-timeout": "1800" }),
    expect: { runs: { startTimeoutSeconds: 1800 } },
  },
  {
    name: "E9, the containers' logging",
    body: withDefaults("emr-containers-defaults", {
      "logging.image": "YOUR_ECR_IMAGE_URL",
      "logging.request.memory": "200Mi",
      "logging.request.cores": "0.5",
    }),
    expect: {
      runs: {
        startTimeoutSeconds: 900,
        notes: ["image", "request.memory", "request.cores"].map(
          (key) => `emr-containers-defaults: logging.${key}: ${NO_CONTAINER}`,
        ),
      },
    },
  },
  {
    name: "E10, pod templates in sparkSubmitParameters",
    body: { ...E1, jobDriver: { sparkSubmitJobDriver: { ...SUBMIT, sparkSubmitParameters: POD_TEMPLATES } } },
    expect: { refused: `${SUBMIT_PARAMETERS}: ${NO_TEMPLATES}` },
  },
  {
    name: "E10 without the templates, its line ends as they are",
    body: {
      ...E1,
      jobDriver: {
        sparkSubmitJobDriver: {
          ...SUBMIT,
          sparkSubmitParameters: POD_TEMPLATES.replace(/--conf\nspark\.kubernetes\.\S+ \\\n/g, ""),
        },
      },
    },
    expect: { runs: { options: TOKENS } },
  },
  {
    name: "E11, pod templates in spark-defaults",
    body: {
      ...E1,
      configurationOverrides: {
        applicationConfiguration: [
          {
            classification: "spark-defaults",
            properties: {
              "spark.driver.memory": "2G",
              "spark.kubernetes.driver.podTemplateFile": "s3://path_to_driver_pod_template",
              "spark.kubernetes.executor.podTemplateFile": "s3://path_to_executor_pod_template",
            },
          },
        ],
      },
    },
    expect: { refused: `${DEFAULTS}: ${NO_TEMPLATES}` },
  },
  {
    name: "E12, five attempts",
    body: { ...E12, retryPolicyConfiguration: { maxAttempts: 5 } },
    expect: {
      refused:
        "Member 'retryPolicyConfiguration.maxAttempts' is not supported above 1: a failed driver is not started again",
    },
  },
  {
    name: "E12 with one attempt",
    body: { ...E12, retryPolicyConfiguration: { maxAttempts: 1 } },
    expect: {
      runs: { entryPoint: "local:///usr/lib/spark/examples/src/main/python/pi.py", options: [] },
    },
  },
  {
    name: "E13, event log rotation, with the option that the page breaks in two",
    body: e13("--\n  conf"),
    expect: { refused: `${SUBMIT_PARAMETERS}: unknown option --.` },
  },
  {
    name: "E13, event log rotation",
    body: e13("--conf"),
    expect: {
      runs: {
        options: [
          ...["--class", "org.apache.spark.examples.SparkPi"],
          ...conf(
            "spark.eventLog.rotation.enabled=true",
            "spark.eventLog.rotation.interval=300",
            "spark.eventLog.rotation.minFileSize=1m",
            "spark.eventLog.rotation.maxFilesToRetain=2",
          ),
        ],
        eventLogRotation: { fileBytes: 2 ** 20, files: 2 },
      },
    },
  },
  {
    // The model has an integer there, and botocore does not even send this.
    name: "E14, container log rotation, with a text for a number as the page prints it",
    body: e14("3"),
    expect: {
      unreadable:
        "Value at 'configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration.maxFilesToKeep' has the wrong type: STRING_VALUE can not be converted to an Integer",
    },
  },
  {
    name: "E14, container log rotation",
    body: e14(3),
    expect: { runs: { resources: { cores: 4, memoryBytes: 6 * GIBIBYTE } } },
    rotation: { fileBytes: 10 * 2 ** 20, files: 3 },
  },
  {
    name: "E15, from a template",
    body: {
      name: "myjob",
      jobTemplateId: "1234abcd",
      executionRoleArn: null,
    },
    expect: { refused: `Member 'jobTemplateId' ${NO_JOB_TEMPLATES}` },
  },
  {
    name: "E15, from a template with parameters",
    body: {
      name: "myjob",
      jobTemplateId: "1234abcd",
      jobTemplateParameters: {
        EntryPointLocation: "entry_point_location",
        MainClass: "ExampleMainClass",
        LogS3BucketUri: "s3://example_s3_bucket/",
      },
      executionRoleArn: null,
    },
    expect: {
      refused: `Member 'jobTemplateId' ${NO_JOB_TEMPLATES}; Member 'jobTemplateParameters' ${NO_JOB_TEMPLATES}`,
    },
  },
];

let service: FakeService;
before(async () => {
  service = await fakeService();
});
after(() => service.close());

for (const { name, body, expect, rotation } of ROWS) {
  test(`emr-b.md 1.4: ${name}`, async () => {
    const path = `/virtualclusters/${await service.cluster()}/jobruns`;
    const clientToken = service.newName();
    const answer = await service.http.send({ path, body: { ...FILLED, clientToken, ...body } });
    if ("unreadable" in expect) {
      const message = expect.unreadable;
      const refusal = { message, __type: "SerializationException" };
      assert.deepEqual(refusalOf(answer), [400, "SerializationException", refusal]);
      return;
    }
    if ("refused" in expect) {
      assert.deepEqual(refusalOf(answer), validation(expect.refused));
      return;
    }
    assert.equal(answer.statusCode, 200, answer.body);
    const { id } = answer.json();
    const tag = applicationIdOf(jobRunId(id), 1);
    await service.plane.settle();
    const launched = service.plane.engine.started.find((request) => request.tag === tag);
    assert.ok(launched !== undefined, "the engine was not given the run");
    assert.partialDeepStrictEqual(launched.spec, expect.runs);
    assert.deepEqual(launched.spec.logs.rotation, rotation);
    if (expect.runs.notes === undefined) assert.equal(launched.spec.notes, undefined);
    service.plane.engine.finish(tag, { code: 0 });
    await service.plane.settle();
    const { jobRun } = (await service.http.send({ path: `${path}/${id}` })).json();
    assert.equal(jobRun.state, "COMPLETED", jobRun.stateDetails);
  });
}
