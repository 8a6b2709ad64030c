import assert from "node:assert/strict";
import { test } from "node:test";
import { askedResources } from "./resources.ts";

const GIB = 2 ** 30;
const cases: readonly [
  name: string,
  properties: Record<string, string>,
  cores: number,
  memoryBytes: number,
][] = [
  ["nothing asked: a driver of its own", {}, 1, GIB],
  [
    "the driver's cores where no executors are named",
    { "spark.driver.cores": "3", "spark.driver.memory": "2g" },
    3,
    2 * GIB,
  ],
  [
    "the guide's request (emr-b.md E1)",
    {
      "spark.executor.instances": "2",
      "spark.executor.memory": "2G",
      "spark.executor.cores": "2",
      "spark.driver.cores": "1",
      "spark.driver.memory": "2G",
    },
    4,
    6 * GIB,
  ],
  ["executors without a number: two, as on Kubernetes", { "spark.executor.memory": "512m" }, 2, 2 * GIB],
  ["no executors at all", { "spark.executor.instances": "0", "spark.driver.cores": "2" }, 2, GIB],
  [
    "dynamic allocation asks for its most",
    { "spark.dynamicAllocation.enabled": "true", "spark.dynamicAllocation.maxExecutors": "3" },
    3,
    4 * GIB,
  ],
  ["a size without a unit is in mebibytes", { "spark.driver.memory": "2048" }, 1, 2 * GIB],
  [
    "a total of cores caps them",
    { "spark.executor.instances": "4", "spark.executor.cores": "4", "spark.cores.max": "5" },
    5,
    5 * GIB,
  ],
];

for (const [name, properties, cores, memoryBytes] of cases) {
  test(name, () => assert.deepEqual(askedResources(properties), { cores, memoryBytes }));
}

for (const [key, value] of [
  ["spark.driver.memory", "lots"],
  ["spark.driver.memory", "1.5g"],
  ["spark.driver.memory", "0g"],
  ["spark.executor.instances", "-1"],
  ["spark.driver.cores", "0"],
  ["spark.executor.cores", "1e3"],
] as const) {
  test(`refused: ${key}=${value}`, () => {
    assert.throws(() => askedResources({ "spark.executor.instances": "1", [key]: value }), {
      kind: "invalid",
      message: new RegExp(`^${key} must be`),
    });
  });
}
