import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleRequest } from "../../../test/support/samples.ts";
import { jobRunId, virtualClusterId } from "../ids.ts";
import type { Configuration, JobRunRequest, MonitoringConfiguration, SparkSqlJobDriver } from "./job-run.ts";
import { planJobRun } from "./plan.ts";

function plan(patch: Partial<JobRunRequest>) {
  return planJobRun({
    request: sampleRequest(patch),
    runtime: { sparkVersion: "3.5", javaVersion: null },
    cluster: virtualClusterId("vc"),
    clusterName: "eks",
    run: jobRunId("run"),
    sparkApplicationId: "spark-0",
  });
}

const withConfiguration = (...applicationConfiguration: Configuration[]) =>
  plan({ configurationOverrides: { applicationConfiguration } });

const withMonitoring = (monitoringConfiguration: MonitoringConfiguration) =>
  plan({ configurationOverrides: { monitoringConfiguration } });

const withSql = (sparkSqlJobDriver: SparkSqlJobDriver, releaseLabel = "emr-7.7.0-latest") =>
  plan({ jobDriver: { sparkSqlJobDriver }, releaseLabel });

const withEntryPoint = (entryPoint: string) => plan({ jobDriver: { sparkSubmitJobDriver: { entryPoint } } });

test("sparkSubmitParameters go over spark-defaults (emr-b.md B5, B6)", () => {
  const { spec } = plan({
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://b/a.py",
        sparkSubmitParameters: "--conf spark.driver.memory=2g",
      },
    },
    configurationOverrides: {
      applicationConfiguration: [
        {
          classification: "spark-defaults",
          properties: { "spark.driver.memory": "4g", "spark.driver.cores": "3" },
        },
      ],
    },
  });
  assert.deepEqual(spec.resources, { cores: 3, memoryBytes: 2 * 2 ** 30 });
});

test("a SQL job is planned with its own options beside spark-submit's (emr-b.md 1.4 E3)", () => {
  const { spec } = withSql({
    entryPoint: "s3://query-file.sql/q.sql",
    sparkSqlParameters:
      "--conf spark.executor.instances=2 --conf spark.executor.memory=2G -hivevar A=B --conf spark.executor.cores=2 --conf spark.driver.cores=1",
  });
  const { logs: _logs, ...rest } = spec;
  assert.deepEqual(rest, {
    kind: "spark-sql",
    runtime: { sparkVersion: "3.5", javaVersion: null },
    clusterName: "eks",
    sparkApplicationId: "spark-0",
    entryPoint: "s3://query-file.sql/q.sql",
    cliOptions: ["--hivevar", "A=B"],
    options: [
      ...["--conf", "spark.executor.instances=2", "--conf", "spark.executor.memory=2G"],
      ...["--conf", "spark.executor.cores=2", "--conf", "spark.driver.cores=1"],
    ],
    configuration: {},
    resources: { cores: 4, memoryBytes: 5 * 2 ** 30 },
    executors: { instances: 2, cores: 2, memoryBytes: 2 * 2 ** 30 },
    eventLog: true,
    startTimeoutSeconds: 900,
  });
});

test("SQL jobs came with release 6.7.0 (emr-b.md 3.4)", () => {
  for (const label of [
    "emr-6.7.0-latest",
    "emr-6.10.0-java11-latest",
    "emr-7.0.0-2024321",
    "emr-spark-8.0.0-latest",
  ])
    assert.equal(withSql({ entryPoint: "s3://b/q.sql" }, label).spec.kind, "spark-sql", label);
  for (const label of ["emr-6.6.0-latest", "emr-5.36.0-latest", "notebook-spark/emr-6.2.0-latest"]) {
    assert.throws(() => withSql({ entryPoint: "s3://b/q.sql" }, label), {
      kind: "invalid",
      message: `jobDriver.sparkSqlJobDriver is not supported by release ${label}: use emr-6.7.0 or later, or sparkSubmitJobDriver.`,
    });
  }
});

test("log locations are those of emr-b.md 2.6", () => {
  const { spec } = plan({
    configurationOverrides: {
      monitoringConfiguration: {
        persistentAppUI: "DISABLED",
        s3MonitoringConfiguration: { logUri: "s3://logs" },
        cloudWatchMonitoringConfiguration: { logGroupName: "group", logStreamNamePrefix: "prefix" },
      },
    },
  });
  assert.equal(spec.eventLog, false);
  assert.deepEqual(spec.logs, {
    s3Uri: "s3://logs",
    cloudWatch: { group: "group", streamPrefix: "prefix" },
    containers: {
      driver: "vc/jobs/run/containers/spark-0/spark-run-driver",
      submitter: "vc/jobs/run/containers/run-bndbg",
      executors: "vc/jobs/run/containers/spark-0/job-py-spark-0-exec-",
    },
  });
});

test("configurations are merged by classification, and spark-env's export is its environment", () => {
  const { spec, refusal } = withConfiguration(
    { classification: "core-site", properties: { a: "1", b: "1" } },
    { classification: "core-site", properties: { b: "2" } },
    {
      classification: "spark-env",
      configurations: [{ classification: "export", properties: { NAME: "value" } }],
    },
    { classification: "emr-containers-defaults", properties: { "job-start-timeout": "1800" } },
  );
  assert.equal(refusal, null);
  assert.deepEqual(spec.configuration, { "core-site": { a: "1", b: "2" }, "spark-env": { NAME: "value" } });
  assert.equal(spec.startTimeoutSeconds, 1800);
});

test("an unsupported classification fails the run, not the call (emr-b.md 4.2 row 1)", () => {
  assert.equal(
    withConfiguration({ classification: "jeg-config", properties: {} }).refusal,
    "JobRun submission failed. Classification jeg-config not supported.",
  );
});

test("what has no effect is said, once for each reason", () => {
  const { spec, refusal } = plan({
    jobDriver: {
      sparkSubmitJobDriver: {
        entryPoint: "s3://b/a.py",
        sparkSubmitParameters:
          "--conf spark.kubernetes.driver.label.a=1 --conf spark.kubernetes.executor.label.b=2 --conf spark.kubernetes.driverEnv.A=1",
      },
    },
    configurationOverrides: {
      applicationConfiguration: [
        { classification: "emrfs-site", properties: { "fs.s3.s3AccessGrants.enabled": "true" } },
        {
          classification: "emr-job-submitter",
          properties: {
            "jobsubmitter.node.selector.eks.amazonaws.com/capacityType": "ON_DEMAND",
            "jobsubmitter.node.selector.topology.kubernetes.io/zone": "us-east-1a",
          },
        },
      ],
    },
  });
  assert.equal(refusal, null);
  assert.deepEqual(spec.notes, [
    "emrfs-site: no effect here: EMRFS is not here: s3:// addresses are this server's buckets",
    "emr-job-submitter: jobsubmitter.node.selector.*: no effect here: the submitter is no pod here: there is nothing to place or to mark",
    "spark.kubernetes.driver.label.a, spark.kubernetes.executor.label.b: no effect here: there are no pods to mark; those of vertical autoscaling are ignored as where its operator is missing",
  ]);
});

const log4j = (releaseLabel: string, classification: string) => {
  const configuration = { classification, properties: { "rootLogger.level": "warn" } };
  const { spec, refusal } = plan({
    releaseLabel,
    configurationOverrides: { applicationConfiguration: [configuration] },
  });
  return refusal ?? Object.keys(spec.configuration).join();
};
const NOT_SUPPORTED = "JobRun submission failed. Classification";
const log4jCases: readonly [label: string, classification: string, outcome: string][] = [
  ["emr-spark-8.0.0-latest", "spark-log4j2", "spark-log4j2"],
  ["emr-spark-8.0.0-latest", "spark-log4j", `${NOT_SUPPORTED} spark-log4j not supported.`],
  ["emr-7.7.0-latest", "spark-log4j2", "spark-log4j2"],
  ["emr-7.1.0-latest", "spark-log4j2", "spark-log4j2"],
  ["emr-7.1.0-latest", "spark-log4j", `${NOT_SUPPORTED} spark-log4j not supported.`],
  ["emr-7.0.0-latest", "spark-log4j", "spark-log4j2"],
  ["emr-7.0.0-latest", "spark-log4j2", `${NOT_SUPPORTED} spark-log4j2 not supported.`],
  ["emr-6.12.0-latest", "spark-log4j", "spark-log4j2"],
  ["emr-6.11.0-latest", "spark-log4j", "spark-log4j"],
  ["emr-5.36.0-latest", "spark-log4j", "spark-log4j"],
  ["emr-5.36.0-latest", "spark-log4j2", `${NOT_SUPPORTED} spark-log4j2 not supported.`],
];
for (const [label, classification, outcome] of log4jCases) {
  test(`${label}: ${classification} (emr-d.md D-083)`, () =>
    assert.equal(log4j(label, classification), outcome));
}

const refused: readonly [name: string, attempt: () => unknown, message: RegExp][] = [
  ["no job driver", () => plan({ jobDriver: {} }), /^jobDriver must hold exactly one/],
  [
    "two job drivers",
    () =>
      plan({
        jobDriver: {
          sparkSubmitJobDriver: { entryPoint: "s3://b/a.py" },
          sparkSqlJobDriver: { entryPoint: "s3://b/q.sql" },
        },
      }),
    /^jobDriver must hold exactly one job driver: sparkSubmitJobDriver or sparkSqlJobDriver\.$/,
  ],
  [
    "SQL without a scheme",
    () => withSql({ entryPoint: "query.sql" }),
    /^jobDriver\.sparkSqlJobDriver\.entryPoint: 'query\.sql' has no scheme/,
  ],
  [
    "unbalanced quotes of SQL parameters",
    () => withSql({ entryPoint: "s3://b/q.sql", sparkSqlParameters: "-hivevar 'A=B" }),
    /^jobDriver\.sparkSqlJobDriver\.sparkSqlParameters has an unbalanced ' at character 10/,
  ],
  ["no scheme", () => withEntryPoint("job.py"), /entryPoint: 'job\.py' has no scheme/],
  ["another scheme", () => withEntryPoint("hdfs://x/job.py"), /scheme 'hdfs' is not supported/],
  ["a bucket alone", () => withEntryPoint("s3://bucket"), /names no object/],
  ["a root alone", () => withEntryPoint("file:///"), /names no file/],
  [
    "a reserved key in spark-defaults",
    () =>
      withConfiguration({
        classification: "spark-defaults",
        properties: { "spark.kubernetes.namespace": "x" },
      }),
    /spark\.kubernetes\.namespace is not supported/,
  ],
  [
    "a time-out that is no number",
    () =>
      withConfiguration({
        classification: "emr-containers-defaults",
        properties: { "job-start-timeout": "soon" },
      }),
    /emr-containers-defaults: job-start-timeout must be a number of seconds\.$/,
  ],
  [
    "a time-out of nothing",
    () =>
      withConfiguration({
        classification: "emr-containers-defaults",
        properties: { "job-start-timeout": "0" },
      }),
    /emr-containers-defaults: job-start-timeout must be a number of seconds\.$/,
  ],
  [
    "a log address without a bucket's name",
    () => withMonitoring({ s3MonitoringConfiguration: { logUri: "s3://a?b/logs" } }),
    /^configurationOverrides\.monitoringConfiguration\.s3MonitoringConfiguration\.logUri failed to satisfy constraint : 'a\?b' cannot/,
  ],
  [
    "a key that the service's defaults do not have",
    () => withConfiguration({ classification: "emr-containers-defaults", properties: { "logging.x": "x" } }),
    /emr-containers-defaults has no property 'logging\.x'/,
  ],
  [
    "a nested configuration where none belongs",
    () => withConfiguration({ classification: "core-site", configurations: [{ classification: "x" }] }),
    /takes no nested configuration 'x'/,
  ],
];
for (const [name, attempt, message] of refused) {
  test(`refused: ${name}`, () => assert.throws(attempt, { kind: "invalid", message }));
}
