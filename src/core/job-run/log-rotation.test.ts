import assert from "node:assert/strict";
import { test } from "node:test";
import type { MonitoringConfiguration } from "./job-run.ts";
import { readEventLogRotation, readLogRotation } from "./log-rotation.ts";

const MEMBER = "configurationOverrides.monitoringConfiguration.containerLogRotationConfiguration";
const s3MonitoringConfiguration = { logUri: "s3://logs" };
const rotation = (rotationSize: string, maxFilesToKeep = 3): MonitoringConfiguration => ({
  s3MonitoringConfiguration,
  containerLogRotationConfiguration: { rotationSize, maxFilesToKeep },
});

test("outputs are not rotated unless that is asked for (emr-b.md B78)", () => {
  assert.equal(readLogRotation({ s3MonitoringConfiguration }, "emr-7.7.0-latest"), undefined);
});

for (const [size, fileBytes] of [
  ["10MB", 10 * 2 ** 20],
  ["2KB", 2048],
  ["2K", 2048],
  ["2GB", 2 ** 31],
  ["1500Mb", 1500 * 2 ** 20],
] as const) {
  test(`rotationSize ${size}`, () =>
    assert.deepEqual(readLogRotation(rotation(size), "emr-6.11.0-latest"), { fileBytes, files: 3 }));
}

type Refused = readonly [name: string, MonitoringConfiguration, label: string, message: string];
const refused: readonly Refused[] = [
  ...["1KB", "3GB", "2049MB", "1.5GB", "0KB"].map(
    (size) =>
      [
        `rotationSize ${size}`,
        rotation(size),
        "emr-7.7.0-latest",
        `${MEMBER}.rotationSize must be a whole number of KB, MB or GB from 2KB to 2GB, such as 1500MB, not '${size}'.`,
      ] as const,
  ),
  [
    "51 files",
    rotation("10MB", 51),
    "emr-7.7.0-latest",
    `${MEMBER}.maxFilesToKeep must be from 1 to 50, not 51.`,
  ],
  [
    "without S3",
    { containerLogRotationConfiguration: { rotationSize: "10MB", maxFilesToKeep: 3 } },
    "emr-7.7.0-latest",
    `${MEMBER} must be used together with s3MonitoringConfiguration.`,
  ],
  [
    "an older release",
    rotation("10MB"),
    "emr-6.10.0-latest",
    `${MEMBER} is not supported by release emr-6.10.0-latest: use emr-6.11.0 or later.`,
  ],
];
for (const [name, monitoring, label, message] of refused) {
  test(`refused: ${name}`, () =>
    assert.throws(() => readLogRotation(monitoring, label), { kind: "invalid", message }));
}

const KEY = "spark.eventLog.rotation";
const eventLog = (values: Readonly<Record<string, string>>) =>
  readEventLogRotation(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${KEY}.${name}`, value])),
  );

test("event logs are rotated as emr-b.md 3.7 says, where that is asked for", () => {
  assert.equal(eventLog({ interval: "300" }), undefined);
  assert.equal(eventLog({ enabled: "false" }), undefined);
  assert.deepEqual(eventLog({ enabled: "true" }), { fileBytes: 2 ** 20, files: 2 });
  // emr-b.md 1.4 E13.
  assert.deepEqual(eventLog({ enabled: "true", interval: "300", minFileSize: "1m", maxFilesToRetain: "2" }), {
    fileBytes: 2 ** 20,
    files: 2,
  });
  assert.deepEqual(
    eventLog({ enabled: "true", interval: "1m", minFileSize: "20m", maxFilesToRetain: "10" }),
    {
      fileBytes: 20 * 2 ** 20,
      files: 10,
    },
  );
});

for (const [name, value, range] of [
  ["enabled", "yes", "true or false"],
  ["interval", "59", "at least 60 seconds"],
  ["interval", "soon", "at least 60 seconds"],
  ["minFileSize", "1023k", "a size of at least 1m"],
  ["minFileSize", "big", "a size of at least 1m"],
  ["maxFilesToRetain", "0", "a number from 1 to 10"],
  ["maxFilesToRetain", "11", "a number from 1 to 10"],
] as const) {
  test(`refused: ${KEY}.${name}=${value}`, () =>
    assert.throws(() => eventLog({ enabled: "true", [name]: value }), {
      kind: "invalid",
      message: `${KEY}.${name} must be ${range}, not '${value}'.`,
    }));
}
