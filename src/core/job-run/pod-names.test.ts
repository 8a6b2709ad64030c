import assert from "node:assert/strict";
import { test } from "node:test";
import { jobRunId } from "../ids.ts";
import { executorPodPrefix, submitterPodName } from "./pod-names.ts";

const SPARK = "spark-00112233445566778899aabbccddeeff";

test("the submitter's pod is the run's with five characters that Kubernetes draws", () => {
  assert.match(
    submitterPodName(jobRunId("000000037b4uegnu8q5"), SPARK),
    /^000000037b4uegnu8q5-[bcdfghjklmnpqrstvwxz2456789]{5}$/,
  );
  assert.notEqual(submitterPodName(jobRunId("0a"), SPARK), submitterPodName(jobRunId("0a"), `${SPARK}0`));
});

const cases: readonly [
  name: string,
  entryPoint: string,
  options: string[],
  properties: Record<string, string>,
  prefix: string,
][] = [
  ["its file", "s3://bucket/jobs/My_Job.py", [], {}, "my-job-py-8899aabbccddeeff-exec-"],
  [
    "its main class",
    "s3://bucket/app.jar",
    ["--class", "org.apache.spark.examples.SparkPi"],
    {},
    "org-apache-spark-examples-sparkpi-8899aabbccddeeff-exec-",
  ],
  ["a joined option", "s3://bucket/app.jar", ["--class=a.B"], {}, "a-b-8899aabbccddeeff-exec-"],
  [
    "its own name, without a digit in front",
    "s3://bucket/app.jar",
    [],
    { "spark.app.name": " 2nd  try " },
    "xnd-try-8899aabbccddeeff-exec-",
  ],
  [
    "a prefix that the user gives",
    "s3://bucket/app.jar",
    [],
    { "spark.kubernetes.executor.podNamePrefix": "my-prefix" },
    "my-prefix-exec-",
  ],
];
for (const [name, entryPoint, options, properties, prefix] of cases) {
  test(`an executor's pod is called after ${name}`, () => {
    const program = { kind: "spark-submit", entryPoint, options, arguments: [] } as const;
    assert.equal(executorPodPrefix({ program, properties }, properties, SPARK), prefix);
  });
}

test("a prefix that no pod can have is refused", () => {
  const properties = { "spark.kubernetes.executor.podNamePrefix": "../up" };
  const program = { kind: "spark-submit", entryPoint: "s3://b/a.py", options: [], arguments: [] } as const;
  assert.throws(() => executorPodPrefix({ program, properties }, properties, SPARK), {
    kind: "invalid",
    message: /^spark\.kubernetes\.executor\.podNamePrefix must be/,
  });
});
