import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleRequest } from "../../../test/support/samples.ts";
import { jobRunId, virtualClusterId } from "../ids.ts";
import type { Configuration, JobRunRequest } from "./job-run.ts";
import { planJobRun } from "./plan.ts";

function plan(patch: Partial<JobRunRequest>) {
  return planJobRun({
    request: sampleRequest(patch),
    runtime: { sparkVersion: "3.5", javaVersion: null },
    cluster: virtualClusterId("vc"),
    run: jobRunId("run"),
    sparkApplicationId: "spark-0",
  });
}

const withConfiguration = (...applicationConfiguration: Configuration[]) =>
  plan({ configurationOverrides: { applicationConfiguration } });

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
      submitter: "vc/jobs/run/containers/run-submitter",
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

const refused: readonly [name: string, attempt: () => unknown, message: RegExp][] = [
  ["no job driver", () => plan({ jobDriver: {} }), /^jobDriver must hold exactly one/],
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
    /job-start-timeout must be a number of seconds, not 'soon'/,
  ],
  [
    "what the service's defaults cannot do here",
    () =>
      withConfiguration({ classification: "emr-containers-defaults", properties: { "logging.image": "x" } }),
    /no effect for 'logging\.image'/,
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
