import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { sparkRuntime } from "../support/runtime.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { waitFor } from "../support/wait-for.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const TIMEOUT_MS = 300_000;

/** Starts a command in the clone, in a process group of its own that goes with the test. */
function start(context: TestContext, command: string, args: string[], environment: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: REPOSITORY,
    detached: true,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  context.after(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // The usual case: nothing of it is left.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  });
  return child;
}

function printed(child: ChildProcess, what: RegExp): Promise<unknown> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (piece) => (output += piece));
  return waitFor(`${child.spawnfile} to print ${what}`, TIMEOUT_MS, async () => {
    if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}:\n${output}`);
    return what.test(output);
  });
}

describe("the demo, when it is interrupted while its drivers run", { timeout: TIMEOUT_MS }, () => {
  before(async () => void (await sparkRuntime()));
  const cases: [how: string, interrupt: (child: ChildProcess) => unknown][] = [
    ["by Ctrl-C", (child) => child.kill("SIGINT")],
    ["by npm and the terminal together", (child) => child.kill("SIGINT") && child.kill("SIGINT")],
    ["by the end of `head`", (child) => child.stdout?.destroy()],
  ];
  for (const [how, interrupt] of cases) {
    it(`${how}, ends its drivers and leaves no file behind`, async (context) => {
      const directory = join(await temporaryDirectory(context), "tmp");
      await mkdir(directory);
      const child = start(context, "bin/firesteel", ["demo"], { TMPDIR: directory });
      await printed(child, /RUNNING/);
      interrupt(child);
      await once(child, "exit");
      assert.equal(child.exitCode, how.includes("head") ? 0 : 130);
      assert.deepEqual(await readdir(directory), []);
    });
  }
});

const skip = process.platform === "linux" ? false : "reads /proc";

describe("npm start", { timeout: TIMEOUT_MS, skip }, () => {
  it("is one process named node below npm, which SIGTERM to npm drains", async (context) => {
    const dataDir = join(await temporaryDirectory(context), "data");
    const npm = start(context, "npm", ["start", "--", "--port", "0", "--data-dir", dataDir], {});
    await printed(npm, /Firesteel is ready/);
    const record = await readFile(join(dataDir, "server.json"), "utf8");
    const { pid } = JSON.parse(record) as { pid: number };
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    assert.equal(commandLine[0], "node");
    assert.match(commandLine.join(" "), /main\.ts server --port 0 --data-dir /);
    assert.match(await readFile(`/proc/${pid}/status`, "utf8"), new RegExp(`^PPid:\\t${npm.pid}$`, "m"));

    npm.kill("SIGTERM");
    await once(npm, "exit");
    assert.equal(npm.exitCode, 0);
    assert.ok(!(await readdir(dataDir)).includes("server.json"));
    await assert.rejects(readFile(`/proc/${pid}/status`), { code: "ENOENT" });
  });
});
