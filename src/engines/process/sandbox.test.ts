import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ended, readLog } from "../../../test/contract/engine.ts";
import { fakeRuntime } from "../../../test/support/fake-runtime.ts";
import { launchRequest } from "../../../test/support/launch-request.ts";
import { processesOf, skippedWithoutSandbox } from "../../../test/support/sandbox.ts";
import { makeTemporaryDirectory } from "../../../test/support/temporary.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import { type AccountId, accountId, applicationId } from "../../core/ids.ts";
import type { LaunchRequest } from "../../core/ports/engine.ts";
import { LaunchError } from "../../core/ports/engine.ts";
import type { IsolationSettings } from "./isolation.ts";
import { ProcessEngine } from "./process-engine.ts";
import { exists } from "./run-directory.ts";

const SUPERVISOR = fileURLToPath(new URL("../../../drivers/supervisor/supervise.py", import.meta.url));
const MEBIBYTE = 2 ** 20;
const TIMEOUT_MS = 60_000;
const TAG = applicationId(`sandboxed-${process.pid}`);
const OWN = accountId("111111111111");
const BUCKETS: Readonly<Record<string, AccountId>> = { mine: OWN, theirs: accountId("222222222222") };

const LIMITS = {
  memoryOverheadBytes: 64 * MEBIBYTE,
  processes: 100,
  fileBytes: 64 * MEBIBYTE,
  runDiskBytes: 16 * MEBIBYTE,
  logBytes: MEBIBYTE,
};

async function open(context: TestContext, different: Partial<IsolationSettings> = {}) {
  const { path: directory, remove } = await makeTemporaryDirectory();
  for (const bucket of Object.keys(BUCKETS)) {
    await mkdir(join(directory, "data/buckets", bucket, "by-hand"), { recursive: true, mode: 0o700 });
    await writeFile(join(directory, "data/buckets", bucket, "by-hand/file"), `of ${bucket}`, { mode: 0o600 });
  }
  for (const folder of ["data/keys", "data/samples", "roots/shared", "outside"])
    await mkdir(join(directory, folder), { recursive: true });
  await writeFile(join(directory, "data/keys/at-rest.key"), "secret");
  await writeFile(join(directory, "outside/file"), "secret");
  const data = join(directory, "data");
  const runtime = await fakeRuntime(directory);
  const engine = new ProcessEngine({
    runsDirectory: join(data, "runs"),
    instance: data,
    bucketsDirectory: join(data, "buckets"),
    samplesDirectory: join(data, "samples"),
    supervisorScript: SUPERVISOR,
    // Buckets are served where there is a helper.
    helperJars: [join(runtime.sparkHome, "program.jar")],
    fileRoots: [join(directory, "roots")],
    passEnvironment: {},
    resolveRuntime: async () => runtime,
    isolation: {
      sandbox: "required",
      network: "host",
      hidden: [data],
      bucketsOf: async (account) => Object.keys(BUCKETS).filter((name) => BUCKETS[name] === account),
      limits: LIMITS,
      ...different,
    },
    pollIntervalMs: 20,
    clock: Date,
  });
  context.after(async () => {
    await engine.kill(TAG, 0);
    await waitFor("the driver to be gone", TIMEOUT_MS, async () => (await engine.processes()).length === 0);
    await remove();
  });
  return {
    directory,
    data,
    engine,
    /** Runs a shell script in place of a driver, to its end. */
    async run(script: string, entryPoint?: string) {
      await engine.launch(shell(script, entryPoint));
      const exit = await ended(engine, TAG, TIMEOUT_MS);
      return { exit, stdout: await readLog(engine, TAG, "driver", "stdout") };
    },
  };
}

/** A heap of 64 MiB. */
function shell(
  script: string,
  entryPoint = "local:///usr/lib/spark/program.jar",
  options: readonly string[] = [],
): LaunchRequest {
  const granted = { cores: 1, memoryBytes: 64 * MEBIBYTE };
  return {
    ...launchRequest(TAG, { entryPoint, arguments: [script], options }),
    account: OWN,
    grant: { asked: granted, granted },
  };
}

const skip = await skippedWithoutSandbox("what a sandbox holds");

test("a driver sees what is its account's and its own, and nothing else", { skip }, async (context) => {
  const { run, directory, data } = await open(context);
  const { exit, stdout } = await run(
    [
      `cd ${data}; ls; ls buckets runs; ls runs/*; cat buckets/mine/by-hand/file; echo`,
      `echo new > buckets/mine/by-hand/file; echo made > ${directory}/roots/shared/made`,
      `for path in ${data}/x ${data}/runs/${TAG}/exit.json ${data}/runs/${TAG}/conf/x ${directory}/java/x /usr/x /x /etc/x; do`,
      `(echo x > $path) 2>/dev/null && echo "wrote $path"; done`,
      `ls ${directory}; cat /proc/1/environ; id -u; ls /home /root /var/lib /run /sys 2>/dev/null; ls /proc | grep -c '^[0-9]'`,
    ].join("\n"),
  );
  assert.equal(exit.code, 0);
  assert.deepEqual(stdout.split("\n").slice(0, 13), [
    ...["buckets", "runs", "samples", "buckets:", "mine", "", "runs:", TAG],
    ...["conf", "event-logs", "home", "tmp", "work"],
  ]);
  assert.match(stdout, /^of mine$/m);
  assert.doesNotMatch(stdout, /wrote|outside|keys/);
  assert.match(stdout, new RegExp(`^${process.getuid?.()}$`, "m"));
  assert.equal(await readFile(join(data, "buckets/mine/by-hand/file"), "utf8"), "new\n");
  assert.equal(await readFile(join(directory, "roots/shared/made"), "utf8"), "made\n");
});

test("what outlives the driver ends with it", { skip }, async (context) => {
  const { run } = await open(context);
  const leave = "(setsid sh -c 'trap \"\" TERM; echo > left; while :; do sleep 1; done' &)";
  const { exit } = await run(`${leave}; while [ ! -e left ]; do sleep 0.05; done; exit 3`);
  assert.equal(exit.code, 3);
  assert.deepEqual(await processesOf(TAG), []);
});

test("the process that is listed is the driver as this machine sees it", { skip }, async (context) => {
  const { engine } = await open(context);
  await engine.launch(shell("exec sleep 600"));
  await waitFor("the driver", TIMEOUT_MS, async () => (await processesOf(TAG)).length === 1);
  const [pid] = await processesOf(TAG);
  const driver = (await engine.processes()).find(({ role }) => role === "driver");
  assert.equal(String(driver?.pid), pid);
});

const bombs: [what: string, script: string, cause: string, summary: RegExp][] = [
  [
    "too many processes",
    "for i in $(seq 200); do sleep 600 & done; wait",
    "killed",
    /^The run had \d+ processes and threads; the limit is 100 /,
  ],
  [
    "too much disk",
    "head -c 40m /dev/zero > big; exec sleep 600",
    "killed",
    /^The run's working directories held \d+ MiB; the limit is 16 MiB /,
  ],
  [
    "disk that it hides",
    "mkdir closed; head -c 40m /dev/zero > closed/big; chmod 0 closed; exec sleep 600",
    "killed",
    /^The run's working directories (?:held|cannot be measured)/,
  ],
  [
    "too much memory",
    `exec python3 -c 'import time; taken = b"x" * (400 << 20); time.sleep(600)'`,
    "oom",
    /^The run used \d+ MiB of memory; the limit is 153 MiB/,
  ],
];
for (const [what, script, cause, summary] of bombs) {
  test(`a run that takes ${what} is ended, and its end says so`, { skip }, async (context) => {
    const { run } = await open(context);
    const { exit } = await run(script);
    assert.equal(exit.cause, cause);
    assert.match(exit.summary ?? "", summary);
    assert.deepEqual(await processesOf(TAG), []);
  });
}

test("what is unpacked for a driver counts against its limits", { skip }, async (context) => {
  const { engine, data } = await open(context);
  const make = "head -c 40m /dev/zero > zeros; tar -czf zeros.tgz zeros; rm zeros";
  execFileSync("sh", ["-c", make], { cwd: join(data, "buckets/mine") });
  await engine.launch(shell("exec sleep 600", undefined, ["--archives", "s3://mine/zeros.tgz"]));
  const { cause, summary } = await ended(engine, TAG, TIMEOUT_MS);
  assert.deepEqual(
    [cause, summary?.replace(/\d+ MiB/, "N MiB").slice(0, 46)],
    ["killed", "The run's working directories held N MiB; the "],
  );
});

test("what is another account's cannot be added", { skip }, async (context) => {
  const { engine, data } = await open(context);
  const options = ["--files", `s3://mine/by-hand/file,s3://theirs/by-hand/file`];
  await engine.launch(shell("echo started", undefined, options));
  const { code, summary } = await ended(engine, TAG, TIMEOUT_MS);
  assert.deepEqual([code, summary], [1, "--files s3://theirs/by-hand/file: there is no such file."]);
  assert.equal(await readFile(join(data, "runs", TAG, "work/file"), "utf8"), "of mine");
  assert.equal(await readLog(engine, TAG, "driver", "stdout"), "");
});

test("a file that grows too large is an error of the driver's", { skip }, async (context) => {
  const { run, data } = await open(context);
  const { stdout } = await run(`trap '' XFSZ; head -c 80m /dev/zero > ${data}/buckets/mine/big; echo $?`);
  assert.equal(stdout, "1\n");
  assert.equal((await stat(join(data, "buckets/mine/big"))).size, LIMITS.fileBytes);
});

for (const sandbox of ["off", "required"] as const) {
  const skipped = sandbox === "off" ? false : skip;
  test(`of a long output the beginning and the end are kept, sandbox ${sandbox}`, {
    skip: skipped,
  }, async (context) => {
    const { run, engine } = await open(context, { sandbox });
    const { exit, stdout } = await run("echo first; head -c 20m /dev/zero | tr '\\0' x; echo; echo last");
    assert.equal(exit.code, 0);
    assert.match(exit.summary ?? "", /^\d+ bytes of the driver's stdout were not kept: /);
    assert.ok(stdout.startsWith("first\nxxx") && stdout.endsWith("xxx\nlast\n"));
    assert.match(
      stdout,
      /\n\[firesteel: \d+ bytes are left out here \(setting engine\.process\.maxLogBytes\)\]\n/,
    );
    assert.ok(stdout.length > LIMITS.logBytes / 2 && stdout.length < LIMITS.logBytes + 200);
    assert.match(
      await readLog(engine, TAG, "submitter", "stdout"),
      /\d+ bytes of the driver's stdout were not kept/,
    );
  });
}

test("a driver without a network has itself", { skip }, async (context) => {
  const { run } = await open(context, { network: "none" });
  const look = `import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname())
print([name for _, name in socket.if_nameindex()])`;
  const { stdout } = await run(`python3 -c '${look}'`);
  assert.equal(stdout, "['lo']\n");
});

test("sockets of the machine's that have no file are out of reach", { skip }, async (context) => {
  const { run } = await open(context);
  const name = `firesteel-test-${process.pid}`;
  const server = createServer((socket) => socket.end()).listen(`\0${name}`);
  context.after(() => server.close());
  await once(server, "listening");
  const look = `import ctypes, socket
abi = ctypes.CDLL(None).syscall(444, None, 0, 1)
try:
    socket.socket(socket.AF_UNIX).connect(chr(0) + "${name}")
    print("reached" if abi >= 6 else "kernel without the rule")
except PermissionError:
    print("refused")`;
  const { stdout } = await run(`python3 -c '${look}'`);
  assert.match(stdout, /^(?:refused|kernel without the rule)\n$/);
});

test("what is the whole machine cannot be shown to a sandbox", { skip }, async (context) => {
  const { directory } = await open(context);
  const runtime = await fakeRuntime(directory);
  const engine = new ProcessEngine({
    runsDirectory: join(directory, "runs"),
    instance: directory,
    bucketsDirectory: join(directory, "buckets"),
    samplesDirectory: directory,
    supervisorScript: SUPERVISOR,
    helperJars: [],
    fileRoots: ["/"],
    passEnvironment: {},
    resolveRuntime: async () => runtime,
    isolation: { sandbox: "auto", network: "host", hidden: [], bucketsOf: async () => [], limits: LIMITS },
    pollIntervalMs: 20,
    clock: Date,
  });
  await engine.launch(shell("exit 0"));
  const exit = await ended(engine, TAG);
  assert.equal(exit.cause, "launch-failed");
  assert.match(exit.summary ?? "", /^cannot isolate the driver: \/ is the whole machine/);
});

test("a sandbox that is required and cannot be had fails the launch", async (context) => {
  const { directory } = await open(context);
  const runtime = { ...(await fakeRuntime(directory)), python: "/bin/false" };
  const engine = new ProcessEngine({
    runsDirectory: join(directory, "runs"),
    instance: directory,
    bucketsDirectory: directory,
    samplesDirectory: directory,
    supervisorScript: SUPERVISOR,
    helperJars: [],
    fileRoots: [],
    passEnvironment: {},
    resolveRuntime: async () => runtime,
    isolation: {
      sandbox: "required",
      network: "host",
      hidden: [],
      bucketsOf: async () => [],
      limits: LIMITS,
    },
    pollIntervalMs: 20,
    clock: Date,
  });
  await assert.rejects(engine.launch(shell("exit 0")), LaunchError);
});

/** Prints the arguments that name the program, and what is beside the last of them. */
const SHOW_PROGRAM =
  'for name; do case $name in *program*.py) echo "$name"; cat "$name"; ls $(dirname "$name");; esac; done';

for (const sandbox of ["off", "required"] as const) {
  const skipped = sandbox === "off" ? false : skip;
  test(`a Python program in a bucket is there when the driver starts, sandbox ${sandbox}`, {
    skip: skipped,
  }, async (context) => {
    const { run, data } = await open(context, { sandbox });
    await writeFile(join(data, "buckets/mine/by-hand/program-1.py"), "of mine\n");
    const { stdout } = await run(SHOW_PROGRAM, "s3://mine/by-hand/program-1.py");
    const target = join(data, "runs", TAG, "tmp/program/program-1.py");
    assert.equal(stdout, `${target}\nof mine\nprogram-1.py\n`);
  });

  test(`what is no plain file of the bucket is left to the driver, sandbox ${sandbox}`, {
    skip: skipped,
  }, async (context) => {
    const { run, data, directory } = await open(context, { sandbox });
    await symlink(join(directory, "outside/file"), join(data, "buckets/mine/by-hand/program-2.py"));
    const { stdout } = await run(SHOW_PROGRAM, "s3://mine/by-hand/program-2.py");
    assert.match(stdout, /^s3:\/\/mine\/by-hand\/program-2\.py\n$/);
    assert.equal(await exists(join(data, "runs", TAG, "tmp/program")), false);
  });
}

test("another account's program is not copied", { skip }, async (context) => {
  const { run, data } = await open(context);
  await writeFile(join(data, "buckets/theirs/by-hand/program-3.py"), "of theirs");
  const { stdout } = await run(SHOW_PROGRAM, "s3://theirs/by-hand/program-3.py");
  assert.equal(stdout, "s3://theirs/by-hand/program-3.py\n");
});
