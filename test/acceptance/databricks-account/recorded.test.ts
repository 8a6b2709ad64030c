import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { testPython } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const execute = promisify(execFile);
const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), "sdk-python");
const CLIENTS = ["databricks-sdk==0.156.0"];
const TIMEOUT_MS = 120_000;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Each a script for the unmodified SDK, beside what it printed when it was recorded. */
const CASES = [
  "oauth_machine_to_machine",
  "tokens",
  "credentials_and_storage",
  "workspace_life",
  "principals",
  "clusters",
] as const;

for (const name of CASES) {
  test(`${name}.py prints what was recorded`, { timeout: TIMEOUT_MS }, async (context) => {
    const python = await testPython(CLIENTS);
    const directory = await temporaryDirectory(context);
    const server = await startServerProcess(join(directory, "data"));
    context.after(() => server.endWithApplications());

    const { stdout } = await execute(python, [join(SCRIPTS, `${name}.py`)], {
      cwd: directory,
      env: { HOME: directory, PATH: `${dirname(python)}:/usr/bin:/bin`, ...server.clientEnvironment },
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${name} failed:\n${error.stdout}\n${error.stderr}\nserver:\n${server.output()}`);
    });

    const expected = join(SCRIPTS, `${name}.txt`);
    const printed = stdout
      .replaceAll(UUID, "<uuid>")
      .replaceAll(server.url, "<server>")
      .replaceAll(/\d{15,16}/g, "<workspace>");
    if (process.env.RECORD === "1") await writeFile(expected, printed);
    assert.equal(printed, await readFile(expected, "utf8"));
  });
}
