import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary.ts";
import { type InstallOnceOptions, installOnce } from "./install-once.ts";

/** Installs a folder with one file; `calls` counts how often it is made. */
function options(directory: string, extra: Partial<InstallOnceOptions<string>> = {}) {
  const made = { calls: 0 };
  const steps: string[] = [];
  const install: InstallOnceOptions<string> = {
    directory,
    name: "thing",
    load: async (path) => (existsSync(join(path, "file")) ? readFile(join(path, "file"), "utf8") : null),
    build: async (partial) => {
      made.calls += 1;
      await mkdir(partial);
      await writeFile(join(partial, "file"), "made");
    },
    onProgress: ({ step }) => steps.push(step),
    ...extra,
  };
  return { install, made, steps };
}

test("whoever asks at the same time gets the one result", async (context) => {
  const { install, made } = options(await temporaryDirectory(context));
  const results = await Promise.all([installOnce(install), installOnce(install), installOnce(install)]);
  assert.deepEqual(results, ["made", "made", "made"]);
  assert.equal(made.calls, 1);
});

test("a failure leaves nothing behind, and the next attempt starts afresh", async (context) => {
  const directory = await temporaryDirectory(context);
  const failing = options(directory, {
    build: async (partial) => {
      await mkdir(partial);
      await writeFile(join(partial, "half"), "");
      throw new Error("disk full");
    },
  });
  await assert.rejects(installOnce(failing.install), /disk full/);
  assert.deepEqual(readdirSync(directory), ["thing.lock"]);
  assert.equal(await installOnce(options(directory).install), "made");
});

test("what is broken gives way to a new installation", async (context) => {
  const directory = await temporaryDirectory(context);
  await mkdir(join(directory, "thing"));
  await writeFile(join(directory, "thing", "stale"), "");
  assert.equal(await installOnce(options(directory).install), "made");
  assert.deepEqual(readdirSync(join(directory, "thing")), ["file"]);
});

test("another process's installation is waited for, and its death releases the lock", async (context) => {
  const directory = await temporaryDirectory(context);
  const other = await otherInstaller(context, directory);
  const waiting = Promise.withResolvers<void>();
  const { install, made } = options(directory, { onProgress: () => waiting.resolve() });
  const installed = installOnce(install);
  await waiting.promise;
  assert.equal(made.calls, 0);
  other.kill("SIGKILL");
  assert.equal(await installed, "made");
  assert.deepEqual(readdirSync(directory).sort(), ["thing", "thing.lock"]);
});

test("waiting ends with the signal", async (context) => {
  const directory = await temporaryDirectory(context);
  await otherInstaller(context, directory);
  const stopping = new AbortController();
  const { install } = options(directory, { signal: stopping.signal, onProgress: () => stopping.abort() });
  await assert.rejects(installOnce(install), { name: "AbortError" });
});

/**
 * A process in the middle of the same installation. Its timer holds on to what it waits for: a promise that nothing can
 * reach is collected, with all that awaits it, and the lock with that.
 */
async function otherInstaller(context: TestContext, directory: string) {
  const script = `
    const { installOnce } = await import(${JSON.stringify(import.meta.resolve("./install-once.ts"))});
    const { mkdir } = await import("node:fs/promises");
    await installOnce({
      directory: ${JSON.stringify(directory)}, name: "thing", load: async () => null, onProgress: () => undefined,
      build: async (partial) => { await mkdir(partial); console.log("building"); await new Promise((resolve) => { setInterval(() => resolve, 1000); }); },
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}
