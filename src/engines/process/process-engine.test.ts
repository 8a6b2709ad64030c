import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type DriverScript, ended, engineContract, readLog } from "../../../test/contract/engine.ts";
import { fakeRuntime } from "../../../test/support/fake-runtime.ts";
import { launchRequest } from "../../../test/support/launch-request.ts";
import { skippedWithoutSandbox } from "../../../test/support/sandbox.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { ApplicationSpec } from "../../core/application/spec.ts";
import { type ApplicationId, applicationId } from "../../core/ids.ts";
import {
  LaunchError,
  type LaunchRequest,
  type LogContainer,
  type LogStream,
} from "../../core/ports/engine.ts";
import type { InstalledRuntime } from "../../core/ports/runtimes.ts";
import { ProcessEngine } from "./process-engine.ts";

const SUPERVISOR = fileURLToPath(new URL("../../../drivers/supervisor/supervise.py", import.meta.url));
const TIMEOUT_MS = 60_000;

type SandboxMode = "auto" | "off" | "required";

function newEngine(directory: string, runtime: InstalledRuntime, sandbox: SandboxMode): ProcessEngine {
  return new ProcessEngine({
    runsDirectory: join(directory, "runs"),
    instance: directory,
    bucketsDirectory: join(directory, "buckets"),
    samplesDirectory: join(directory, "samples"),
    supervisorScript: SUPERVISOR,
    helperJars: [],
    executorJar: join(directory, "executors.jar"),
    fileRoots: [],
    passEnvironment: {},
    isolation: {
      sandbox,
      network: "host",
      hidden: [directory],
      bucketsOf: async () => [],
      limits: {
        memoryOverheadBytes: 2 ** 30,
        processes: 1000,
        fileBytes: 2 ** 30,
        runDiskBytes: 2 ** 30,
        logBytes: 2 ** 20,
      },
    },
    resolveRuntime: async () => runtime,
    pollIntervalMs: 20,
    clock: { now: () => Date.now() },
  });
}

async function open(sandbox: SandboxMode) {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "firesteel-engine-")));
  const runtime = await fakeRuntime(directory);
  const engine = newEngine(directory, runtime, sandbox);
  return {
    directory,
    runtime,
    engine,
    run: (tag: ApplicationId) => join(directory, "runs", tag),
    reopen: async () => newEngine(directory, runtime, sandbox),
    async dispose() {
      for await (const tag of engine.list()) await engine.kill(tag, 0);
      await waitFor(
        "the test's drivers to be gone",
        TIMEOUT_MS,
        async () => (await engine.processes()).length === 0,
      );
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A request whose driver runs a shell script in place of a Spark program. */
function shell(
  tag: ApplicationId,
  script: string,
  spec: Partial<ApplicationSpec<"spark-submit">> = {},
): LaunchRequest {
  return launchRequest(tag, {
    entryPoint: "local:///usr/lib/spark/program.jar",
    arguments: [script],
    ...spec,
  });
}

function withRotation({ rotation }: DriverScript): Partial<ApplicationSpec<"spark-submit">> {
  if (rotation === undefined) return {};
  const containers = { driver: "driver", submitter: "submitter", executors: "executor-" };
  return { logs: { s3Uri: null, cloudWatch: null, containers, rotation } };
}

function shellOf({ stdout = "", stderr = "", end, ignoresTermination }: DriverScript): string {
  const print = (text: string, to: string) => (text === "" ? "" : `printf '%s' '${text}' >&${to}; `);
  const trap = ignoresTermination === true ? "trap '' TERM; " : "";
  let last = "exec sleep 600";
  if (end !== "never") last = "code" in end ? `exit ${end.code}` : `kill -${end.signal.slice(3)} $$`;
  return trap + print(stdout, "1") + print(stderr, "2") + last;
}

const noSandbox = await skippedWithoutSandbox("drivers in a sandbox");

for (const sandbox of noSandbox === false ? (["off", "required"] as const) : (["off"] as const)) {
  engineContract(`process, sandbox ${sandbox}`, async () => {
    const opened = await open(sandbox);
    const starts = (tag: ApplicationId) => readFile(join(opened.run(tag), "work", "starts"), "utf8");
    return {
      ...opened,
      request: (tag, script) => shell(tag, shellOf(script), withRotation(script)),
      starts: async (tag) => (await starts(tag)).split("\n").length - 1,
    };
  });
}

const TAG = applicationId("run-1");

/** The supervisor itself ends, and lets go of its run, a moment after it has recorded the end. */
const gone = (engine: ProcessEngine) =>
  waitFor("all to be gone", TIMEOUT_MS, async () => (await engine.processes()).length === 0);

/** A process that launches what it is told, says so, and stays. */
const LAUNCHING_SERVER = `
import { ProcessEngine } from ${JSON.stringify(new URL("./process-engine.ts", import.meta.url).href)};
const { directory, runtime, launch } = JSON.parse(process.env.OPTIONS);
const engine = new ProcessEngine({
  runsDirectory: directory + "/runs", instance: directory, supervisorScript: ${JSON.stringify(SUPERVISOR)},
  bucketsDirectory: directory, samplesDirectory: directory, helperJars: [], fileRoots: [], passEnvironment: {},
  resolveRuntime: async () => runtime, pollIntervalMs: 1000, clock: Date,
});
await engine.launch(launch);
console.log("launched");
setInterval(() => {}, 1000);
`;

/** A test with an engine of its own. */
function engineTest(
  name: string,
  run: (opened: Awaited<ReturnType<typeof open>>) => Promise<void>,
  sandbox: SandboxMode = "auto",
): void {
  test(name, async () => {
    const opened = await open(sandbox);
    try {
      await run(opened);
    } finally {
      await opened.dispose();
    }
  });
}

engineTest("the driver's reason is found in its output", async ({ engine }) => {
  const trace = 'Exception in thread "main" java.lang.IllegalStateException: no luck\n\tat A.main(A.java:1)';
  await engine.launch(shell(TAG, `echo '${trace}' >&2; exit 1`));
  assert.equal((await ended(engine, TAG)).summary, "java.lang.IllegalStateException: no luck");
});

engineTest("a driver without heap is told from one that failed", async ({ engine }) => {
  const trace = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space';
  await engine.launch(shell(TAG, `echo '${trace}' >&2; exit 1`));
  assert.equal((await ended(engine, TAG)).cause, "oom");
});

engineTest("a supervisor counts among the processes until it is gone itself", async ({ engine, run }) => {
  await engine.launch(shell(TAG, "exec sleep 600"));
  // What it does last, done early: it lives on for a moment then.
  const exit = join(run(TAG), "exit.json");
  await writeFile(exit, "{}");
  assert.deepEqual(
    (await engine.processes()).map(({ role }) => role),
    ["supervisor"],
  );
  await rm(exit);
  await engine.kill(TAG, 0);
  await gone(engine);
});

engineTest("a supervisor that is killed takes its driver along, and the run is lost", async ({ engine }) => {
  await engine.launch(shell(TAG, "sleep 600 & echo ready; exec sleep 600"));
  await waitFor(
    "the driver to be ready",
    TIMEOUT_MS,
    async () => (await readLog(engine, TAG, "driver", "stdout")) !== "",
  );
  const processes = await engine.processes();
  assert.deepEqual(
    processes.map(({ tag, role }) => [tag, role]),
    [
      [TAG, "supervisor"],
      [TAG, "driver"],
    ],
  );
  const supervisor = processes.find(({ role }) => role === "supervisor");
  assert.ok(supervisor);
  process.kill(supervisor.pid, "SIGKILL");
  const exit = await ended(engine, TAG);
  assert.deepEqual([exit.code, exit.signal, exit.cause], [null, null, "lost"]);
  await gone(engine);
  await engine.launch(shell(TAG, "exit 0"));
  assert.equal((await engine.observe(TAG)).kind, "exited");
});

engineTest(
  "a driver goes on when the process that launched it is killed",
  async ({ engine, directory, runtime, run }) => {
    const launch = shell(TAG, "while [ ! -e go ]; do sleep 0.05; done; echo done; exit 7");
    const server = spawn(process.execPath, ["--input-type=module", "--eval", LAUNCHING_SERVER], {
      env: { ...process.env, OPTIONS: JSON.stringify({ directory, runtime, launch }) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(server.stdout, "data");
    server.kill("SIGKILL");
    await once(server, "exit");
    assert.equal((await engine.observe(TAG)).kind, "running");
    await writeFile(join(run(TAG), "work", "go"), "");
    assert.equal((await ended(engine, TAG)).code, 7);
    assert.equal(await readLog(engine, TAG, "driver", "stdout"), "done\n");
  },
);

const leftBehind = async ({ engine, run }: Awaited<ReturnType<typeof open>>) => {
  const leave = "(setsid sh -c 'echo $$ > left; exec sleep 600' &) ; while [ ! -s left ]; do :; done; exit 0";
  await engine.launch(shell(TAG, leave));
  assert.equal((await ended(engine, TAG)).code, 0);
  const left = Number(await readFile(join(run(TAG), "work", "left"), "utf8"));
  assert.throws(() => process.kill(left, 0), /ESRCH/);
};
// In a sandbox process ids are its own: what is left there is in sandbox.test.ts.
engineTest("what the driver left behind ends with it", leftBehind, "off");

engineTest("the driver's environment is the engine's own making", async ({ engine, directory }) => {
  await engine.launch(shell(TAG, "env", { configuration: { "spark-env": { GREETING: "hello world" } } }));
  await ended(engine, TAG);
  const env = (await readLog(engine, TAG, "driver", "stdout")).split("\n");
  for (const line of [
    "GREETING=hello world",
    `FIRESTEEL_INSTANCE=${directory}`,
    `FIRESTEEL_APPLICATION=${TAG}`,
    `FIRESTEEL_ATTEMPT=${TAG}`,
    "AWS_REGION=us-east-1",
  ]) {
    assert.ok(env.includes(line), line);
  }
  assert.ok(!env.some((line) => line.startsWith("NODE_")));
});

engineTest("a launch that was cut short before the supervisor goes on", async ({ engine, reopen, run }) => {
  await engine.launch(shell(TAG, "exit 0"));
  await ended(engine, TAG);
  await gone(engine);
  for (const record of ["supervisor.json", "started.json", "exit.json"]) await rm(join(run(TAG), record));
  const later = await reopen();
  assert.equal((await later.observe(TAG)).kind, "starting");
  await later.launch(shell(TAG, "exit 0"));
  assert.equal((await ended(later, TAG)).code, 0);
});

engineTest(
  "a run that is killed before it has a supervisor never starts",
  async ({ engine, reopen, run }) => {
    await engine.launch(shell(TAG, "exit 0"));
    await ended(engine, TAG);
    await gone(engine);
    for (const record of ["supervisor.json", "started.json", "exit.json", "work/starts"])
      await rm(join(run(TAG), record));
    const later = await reopen();
    await later.kill(TAG, 0);
    assert.equal((await ended(later, TAG)).cause, "killed");
    await assert.rejects(readFile(join(run(TAG), "work", "starts")), /ENOENT/);
  },
);

engineTest("a second supervisor of a run does nothing", async ({ engine, run, runtime }) => {
  await engine.launch(shell(TAG, "exec sleep 600"));
  const before = await readFile(join(run(TAG), "supervisor.json"), "utf8");
  const starts = () => readFile(join(run(TAG), "work", "starts"), "utf8").catch(() => "");
  // It runs before it has done anything.
  await waitFor("the driver to start", TIMEOUT_MS, async () => (await starts()) !== "");
  const second = spawn(runtime.python, ["-I", "-S", SUPERVISOR, run(TAG)], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  assert.deepEqual(await once(second, "exit"), [0, null]);
  assert.equal(await readFile(join(run(TAG), "supervisor.json"), "utf8"), before);
  assert.equal(await starts(), "started\n");
});

engineTest("a driver that cannot be executed is a failed launch", async ({ engine, runtime }) => {
  await writeFile(join(runtime.javaHome, "bin", "java"), "#!/no/such/interpreter\n");
  await engine.launch(shell(TAG, "exit 0"));
  const exit = await ended(engine, TAG);
  assert.equal(exit.cause, "launch-failed");
  assert.match(exit.summary ?? "", /^cannot start .*java: No such file or directory$/);
});

engineTest(
  "an argument that no command line can hold is a failed launch, not a failed program",
  async ({ engine }) => {
    await engine.launch(shell(TAG, "exit 0 # \ud800"));
    const exit = await ended(engine, TAG);
    assert.equal(exit.cause, "launch-failed");
  },
);

engineTest("a runtime without Java is refused by name", async ({ engine, runtime }) => {
  await rm(join(runtime.javaHome, "bin", "java"));
  await assert.rejects(engine.launch(shell(TAG, "exit 0")), (error) => {
    assert.ok(error instanceof LaunchError);
    assert.match(error.message, /^The runtime fake is incomplete: .*java cannot be executed\.$/);
    return true;
  });
  assert.equal((await engine.observe(TAG)).kind, "not-found");
});

engineTest("records of a format from the future are not guessed at", async ({ engine, run }) => {
  await engine.launch(shell(TAG, "exit 0"));
  await ended(engine, TAG);
  await writeFile(join(run(TAG), "exit.json"), '{"format": 99}');
  assert.equal((await engine.observe(TAG)).kind, "unreachable");
  await rm(run(TAG), { recursive: true });
});

engineTest("runs that cannot be seen are not said to be absent", async ({ engine, directory }) => {
  assert.equal((await engine.observe(TAG)).kind, "not-found");
  await rm(join(directory, "runs"), { recursive: true });
  assert.equal((await engine.observe(TAG)).kind, "unreachable");
  await mkdir(join(directory, "runs"));
});

engineTest("a tag that is no plain name is refused", async ({ engine }) => {
  await assert.rejects(
    engine.launch(shell(applicationId("../x"), "exit 0")),
    /cannot name a run's directory/,
  );
});

const EXECUTORS: Partial<ApplicationSpec<"spark-submit">> = {
  executors: { instances: 2, cores: 1, memoryBytes: 2 ** 28 },
};

/** A driver that starts executors as the scheduler backend of `drivers/java/executors` does, each of them a shell. */
function withExecutors(directory: string, python: string, scripts: readonly string[], then: string): string {
  const script = fileURLToPath(new URL("../../../drivers/supervisor/executor.py", import.meta.url));
  const socket = join(directory, "runs", TAG, "executors.sock");
  const start = scripts.map(
    (text, index) =>
      `${python} -I -S -B ${script} ${socket} ${index + 1} $TMPDIR/executor-${index + 1} /bin/sh -c '${text}' & `,
  );
  return `${start.join("")}${then}`;
}

for (const sandbox of noSandbox === false ? (["off", "required"] as const) : (["off"] as const)) {
  engineTest(
    `executors have logs of their own and are listed, sandbox ${sandbox}`,
    async ({ engine, directory, runtime }) => {
      const script = withExecutors(
        directory,
        runtime.python,
        ["echo one; pwd; exec sleep 600", "echo two >&2; exec sleep 600"],
        "echo driver; exec sleep 600",
      );
      await engine.launch(shell(TAG, script, EXECUTORS));
      const read = (container: LogContainer, stream: LogStream) => readLog(engine, TAG, container, stream);
      await waitFor(
        "the executors to speak",
        TIMEOUT_MS,
        async () =>
          (await read("executor-1", "stdout")).split("\n").length > 2 &&
          (await read("executor-2", "stderr")) !== "",
      );
      assert.deepEqual(await engine.containers(TAG), ["driver", "submitter", "executor-1", "executor-2"]);
      assert.match(await read("executor-1", "stdout"), /^one\n.*\/executor-1\n$/);
      assert.equal(await read("executor-2", "stderr"), "two\n");
      assert.equal(await read("executor-2", "stdout"), "");
      assert.equal(await read("driver", "stdout"), "driver\n");
      assert.match(await read("submitter", "stdout"), /executor 2 started, process \d+/);
      assert.doesNotMatch(await read("submitter", "stdout"), /driver\n/);
      const roles = (await engine.processes()).map(({ role }) => role);
      assert.deepEqual(roles, ["supervisor", "driver", "executor", "executor"]);
      await engine.kill(TAG, 0);
      await ended(engine, TAG);
      await gone(engine);
    },
    sandbox,
  );
}

engineTest(
  "what executors print is kept where the driver has ended before the supervisor heard of them",
  async ({ engine, directory, runtime, run }) => {
    const words = ["one", "two", "three"];
    const scripts = words.map((word) => `echo ${word}`);
    const start = withExecutors(directory, runtime.python, scripts, "wait");
    await engine.launch(shell(TAG, `while [ ! -e go ]; do sleep 0.05; done; ${start}`, EXECUTORS));
    const supervisor = (await engine.processes()).find(({ role }) => role === "supervisor");
    assert.ok(supervisor);
    process.kill(supervisor.pid, "SIGSTOP");
    try {
      await writeFile(join(run(TAG), "work", "go"), "");
      const hasDriver = async () => (await engine.processes()).some(({ role }) => role === "driver");
      await waitFor("the driver to end", TIMEOUT_MS, async () => !(await hasDriver()));
    } finally {
      process.kill(supervisor.pid, "SIGCONT");
    }
    assert.equal((await ended(engine, TAG)).code, 0);
    const containers = words.map((_, index): LogContainer => `executor-${index + 1}`);
    assert.deepEqual(
      await Promise.all(containers.map((container) => readLog(engine, TAG, container, "stdout"))),
      words.map((word) => `${word}\n`),
    );
  },
);

engineTest(
  "whoever is no executor is not taken for one, and what is one too many is said",
  async ({ engine, directory, runtime }) => {
    const socket = join(directory, "runs", TAG, "executors.sock");
    const speak = [
      "import os, socket, sys",
      "os.chdir(os.path.dirname(sys.argv[1]))",
      "speaker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
      '[speaker.sendto(bytes.fromhex(text), "executors.sock") for text in sys.argv[2:]]',
      // What never ends must not be read from.
      'zero = os.open("/dev/zero", os.O_RDONLY)',
      'speaker.connect("executors.sock")',
      "socket.send_fds(speaker, [bytes.fromhex(sys.argv[-1])], [zero, zero])",
    ].join("; ");
    const nonsense = ["nonsense", "{}", '{"executor": "../up"}', '{"executor": 1}'].map((text) =>
      Buffer.from(text).toString("hex"),
    );
    const twice = withExecutors(directory, runtime.python, ["echo first"], "wait; ");
    const again = withExecutors(directory, runtime.python, ["echo second"], "wait; ");
    await engine.launch(
      shell(
        TAG,
        `${runtime.python} -c '${speak}' ${socket} ${nonsense.join(" ")}; ${twice}${again}echo done`,
        EXECUTORS,
      ),
    );
    assert.equal((await ended(engine, TAG)).code, 0);
    assert.equal(await readLog(engine, TAG, "executor-1", "stdout"), "first\n");
    assert.equal(await readLog(engine, TAG, "driver", "stdout"), "done\n");
    const submitter = await readLog(engine, TAG, "submitter", "stdout");
    assert.equal(submitter.match(/an executor is not taken note of/g)?.length, 6, submitter);
    assert.deepEqual(await engine.containers(TAG), ["driver", "submitter", "executor-1"]);
  },
);

engineTest("a rotated log that nobody reads takes no more than its limit", async ({ engine, run }) => {
  const containers = { driver: "driver", submitter: "submitter" };
  const rotation = { fileBytes: 2 ** 17, files: 50 };
  const logs = { s3Uri: null, cloudWatch: null, containers, rotation };
  // 3 MiB, of which the settings of this test let 1 MiB stay.
  await engine.launch(shell(TAG, "yes 0123456789abcde | head -c 3145728", { logs }));
  const exit = await ended(engine, TAG);
  assert.match(
    exit.summary ?? "",
    /^\d+ bytes of the driver's stdout were not kept: setting engine\.process\.maxLogBytes\.$/,
  );
  const kept = await readLog(engine, TAG, "driver", "stdout");
  assert.ok(kept.length <= 2 ** 20 && kept.length > 2 ** 19, String(kept.length));
  assert.ok(kept.endsWith("0123456789abcde\n"));
  const pieces = (await readdir(run(TAG))).filter((name) => name.startsWith("stdout"));
  const sizes = await Promise.all(pieces.map(async (name) => (await stat(join(run(TAG), name))).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 2 ** 20);
});

engineTest("of a rolling event log the first file and the last ones stay", async ({ engine, run }) => {
  const folder = "../event-logs/eventlog_v2_spark-1";
  const files = "appstatus_spark-1 events_1_spark-1 events_2_spark-1 events_9_spark-1.zstd events_10_spark-1";
  const script = `mkdir ${folder} && cd ${folder} && touch ${files} && ln -s /etc ../eventlog_v2_link`;
  const eventLogRotation = { fileBytes: 2 ** 20, files: 2 };
  await engine.launch(shell(TAG, script, { eventLog: true, eventLogRotation }));
  assert.equal((await ended(engine, TAG)).code, 0);
  const kept = await readdir(join(run(TAG), "event-logs", "eventlog_v2_spark-1"));
  assert.deepEqual(kept.sort(), [
    "appstatus_spark-1",
    "events_10_spark-1",
    "events_1_spark-1",
    "events_9_spark-1.zstd",
  ]);
});
