import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseReservedProperties } from "./spark-options.ts";
import { ignoredProperties, PROPERTY_RULES, propertyRule } from "./spark-properties.ts";

/** Keys of scripts that run on the service, and what becomes of each. */
const CASES: readonly [key: string, value: string, outcome: "kept" | "honoured" | "ignored" | "refused"][] = [
  ["spark.executor.memory", "2g", "kept"],
  ["spark.kubernetes.driver.label.team", "x", "ignored"],
  ["spark.kubernetes.driver.label.emr-containers.amazonaws.com/dynamic.sizing", "true", "ignored"],
  ["spark.kubernetes.driver.annotation.yunikorn.apache.org/task-group-name", "spark-driver", "ignored"],
  ["spark.kubernetes.driver.service.annotation.prometheus.io/port", "4040", "ignored"],
  ["spark.kubernetes.executor.node.selector.topology.kubernetes.io/zone", "us-east-1a", "ignored"],
  ["spark.kubernetes.node.selector.kubernetes.io/arch", "arm64", "ignored"],
  ["spark.kubernetes.driver.limit.cores", "1", "ignored"],
  ["spark.kubernetes.pyspark.pythonVersion", "3", "ignored"],
  ["spark.kubernetes.pyspark.pythonVersion", "2", "refused"],
  ["spark.kubernetes.executor.podNamePrefix", "x", "honoured"],
  ["spark.kubernetes.executor.podTemplateContainerName", "x", "ignored"],
  ["spark.kubernetes.executor.podTemplateFile", "s3://b/t.yaml", "refused"],
  [
    "spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-1.mount.path",
    "/data",
    "ignored",
  ],
  ["spark.kubernetes.executor.volumes.persistentVolumeClaim.data.mount.path", "/data", "refused"],
  ["spark.kubernetes.driver.secretKeyRef.PASSWORD", "name:key", "refused"],
  ["spark.kubernetes.driver.container.image", "x", "refused"],
  ["spark.kubernetes.container.image.pullPolicy", "Always", "refused"],
  ["spark.kubernetes.container.image.pullSecrets", "x", "ignored"],
  ["spark.kubernetes.authenticate.driver.serviceAccountName", "x", "refused"],
  ["spark.kubernetes.driverEnv.NAME", "x", "honoured"],
  ["spark.kubernetes.not.a.key", "x", "refused"],
  ["spark.master", "local", "refused"],
];

for (const [key, value, outcome] of CASES) {
  test(`${key}=${value} is ${outcome}`, () => {
    const check = () => refuseReservedProperties({ [key]: value }, "member");
    if (outcome === "refused") {
      assert.throws(check, { kind: "invalid", message: new RegExp(`^member: ${RegExp.escape(key)} is not`) });
      return;
    }
    check();
    assert.equal(propertyRule(key)?.outcome ?? "kept", outcome);
    assert.equal(ignoredProperties({ [key]: value }).length, outcome === "ignored" ? 1 : 0);
  });
}

test("every key of every rule has that rule, so that none is behind another", () => {
  for (const rule of PROPERTY_RULES) {
    for (const key of rule.keys) assert.equal(propertyRule(key.replaceAll("*", "x")), rule, key);
  }
});

test("a long list of ignored keys is cut", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`spark.kubernetes.driver.label.l${index}`, "x"]),
  );
  const [line = ""] = ignoredProperties(properties);
  assert.match(line, /l4 and 9995 more: no effect here/);
});
