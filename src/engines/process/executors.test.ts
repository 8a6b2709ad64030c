import assert from "node:assert/strict";
import { test } from "node:test";
import { launchRequest } from "../../../test/support/launch-request.ts";
import type { AskedExecutors, Resources } from "../../core/application/spec.ts";
import { applicationId } from "../../core/ids.ts";
import type { CommandSettings } from "./driver-command.ts";
import { type SeparateExecutors, separateExecutors } from "./executors.ts";
import type { Properties } from "./properties-file.ts";

const GIBIBYTE = 2 ** 30;
const RUNTIME = {
  name: "spark-3.5.9",
  sparkVersion: "3.5.9",
  sparkHome: "/spark",
  javaHome: "/java",
  javaVersion: 17,
  python: "/venv/bin/python3",
};
const SETTINGS: CommandSettings = {
  instance: "/data",
  user: "me",
  buckets: null,
  helperJars: [],
  fileRoots: [],
  passEnvironment: {},
  classArchive: null,
  ui: null,
  executors: { jar: "/executors.jar", script: "/executor.py" },
  addedFilesScript: "/drivers/added_files.py",
  platform: "linux",
};
/** With a driver of 1 GiB. */
const ASKED: AskedExecutors = { instances: 3, cores: 2, memoryBytes: 2 * GIBIBYTE };

function plan(
  granted: Partial<Resources> = {},
  properties: Properties = {},
  settings: Partial<CommandSettings> = {},
  executors: AskedExecutors | undefined = ASKED,
): SeparateExecutors | null {
  const asked = { cores: 6, memoryBytes: 7 * GIBIBYTE };
  const base = launchRequest(applicationId("run-1"));
  const spec = { ...base.spec, ...(executors === undefined ? {} : { executors }) };
  const request = { ...base, spec, grant: { asked, granted: { ...asked, ...granted } } };
  return separateExecutors({
    request,
    spec,
    runtime: RUNTIME,
    runDirectory: "/runs/run-1",
    settings: { ...SETTINGS, ...settings },
    properties,
    classPathWith: (extra) => [extra, "/spark/jars/*"].filter((entry) => entry !== undefined).join(":"),
  });
}

function confs({ submitOptions }: SeparateExecutors): Record<string, string> {
  const values = submitOptions.filter((option) => option !== "--conf");
  return Object.fromEntries(values.map((value) => value.split("=", 2)));
}

function fileOf({ files }: SeparateExecutors): string[] {
  return decodeURIComponent(files["conf/executors"] ?? "")
    .trimEnd()
    .split("\n");
}

test("without executors asked for, or in an engine without processes for them, there are none", () => {
  assert.equal(plan({}, {}, { executors: undefined as never }), null);
  const base = launchRequest(applicationId("run-1"));
  const input = { request: base, spec: base.spec, runtime: RUNTIME, runDirectory: "/r", settings: SETTINGS };
  assert.equal(separateExecutors({ ...input, properties: {}, classPathWith: () => "" }), null);
});

const shares: readonly [
  name: string,
  Partial<Resources>,
  instances: string,
  cores: string,
  memory: string,
  driver: number,
][] = [
  ["what was asked", {}, "3", "2", "2048m", 1024],
  ["as many of their size as there is memory for", { memoryBytes: 5.5 * GIBIBYTE }, "2", "2", "2048m", 1024],
  ["one that is smaller, as the driver is", { memoryBytes: 1.5 * GIBIBYTE }, "1", "2", "1024m", 512],
  ["a core each at least", { cores: 2 }, "3", "1", "2048m", 1024],
  ["a share of the cores", { cores: 3, memoryBytes: 5 * GIBIBYTE }, "2", "1", "2048m", 1024],
];
for (const [name, granted, instances, cores, memory, driver] of shares) {
  test(`executors of a grant: ${name}`, () => {
    const planned = plan(granted);
    assert.ok(planned);
    assert.deepEqual(confs(planned), {
      "spark.executor.cores": cores,
      "spark.executor.memory": memory,
      "spark.executor.instances": instances,
    });
    assert.equal(planned.driverHeapMebibytes, driver);
    assert.equal(planned.master, `local-executors[${instances}]`);
  });
}

test("dynamic allocation has what was granted for its upper bound", () => {
  const planned = plan(
    {},
    {
      "spark.dynamicAllocation.enabled": "true",
      "spark.dynamicAllocation.minExecutors": "5",
      "spark.dynamicAllocation.initialExecutors": "1",
    },
  );
  assert.ok(planned);
  const { "spark.executor.cores": _cores, "spark.executor.memory": _memory, ...bounds } = confs(planned);
  assert.deepEqual(bounds, {
    "spark.dynamicAllocation.maxExecutors": "3",
    "spark.dynamicAllocation.minExecutors": "3",
  });
});

test("an executor's command has the user's options for executors, and no secret", () => {
  const planned = plan(
    {},
    {
      "spark.executor.extraJavaOptions": "-Da='b c' -Did={{EXECUTOR_ID}}",
      "spark.executor.extraClassPath": "/extra/*",
      "spark.executor.extraLibraryPath": "/native",
    },
  );
  assert.ok(planned);
  const lines = fileOf(planned);
  const java = lines.filter((line) => line.startsWith("java ")).map((line) => line.slice("java ".length));
  assert.deepEqual(java.slice(0, 5), [
    "/java/bin/java",
    "-cp",
    "/extra/*:/spark/jars/*",
    "-Xmx2048m",
    "-Djava.io.tmpdir=/runs/run-1/tmp",
  ]);
  assert.ok(java.includes("-Da=b c") && java.includes("-Did={{EXECUTOR_ID}}"));
  assert.ok(lines.includes("environment LD_LIBRARY_PATH=/native"));
  assert.equal(lines.filter((line) => line.startsWith("launcher "))[0], "launcher /venv/bin/python3");
  const secret = planned.defaults["spark.authenticate.secret"] ?? "";
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.ok(![...lines, ...planned.submitOptions, ...planned.log].some((text) => text.includes(secret)));
});
