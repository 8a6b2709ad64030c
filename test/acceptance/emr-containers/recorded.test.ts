import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { normalise } from "./normalise.ts";

const execute = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const FIXTURES = join(HERE, "..", "..", "fixtures");
const CLIENTS = ["boto3==1.44.5", "awscli==1.46.3"];
const CASE_TIMEOUT_MS = 180_000;

/** One folder a case: a script for an unmodified client, and what it printed when it was recorded. */
const CASES = [
  { name: "boto3-life", script: "script.py" },
  { name: "boto3-errors", script: "script.py" },
  { name: "boto3-virtual-clusters", script: "script.py" },
  { name: "aws-cli-life", script: "script.sh" },
  { name: "boto3-sql", script: "script.py" },
  { name: "aws-cli-sql", script: "script.sh" },
] as const;

for (const { name, script } of CASES) {
  test(`${name} prints what was recorded`, { timeout: CASE_TIMEOUT_MS }, async (context) => {
    await sparkRuntime();
    const python = await testPython(CLIENTS);
    const directory = await temporaryDirectory(context);
    const dataDir = join(directory, "data");
    const server = await startServerProcess(dataDir);
    context.after(() => server.endWithApplications());
    const bucket = join(dataDir, "buckets", "acceptance", "code");
    await mkdir(bucket, { recursive: true });
    await cp(join(FIXTURES, "endless.py"), join(bucket, "endless.py"));
    await cp(join(FIXTURES, "sql"), join(bucket, "sql"), { recursive: true });

    const command = script.endsWith(".py") ? python : "/bin/sh";
    const { stdout } = await execute(command, [join(HERE, name, script)], {
      cwd: directory,
      maxBuffer: 2 ** 24,
      env: {
        HOME: directory,
        PATH: `${dirname(python)}${delimiter}/usr/bin${delimiter}/bin`,
        PYTHONHASHSEED: "0",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_PAGER: "",
        TEST_BUCKET: "acceptance",
        ...server.clientEnvironment,
      },
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${name} failed:\n${error.stdout}\n${error.stderr}\nserver:\n${server.output()}`);
    });

    const expected = join(HERE, name, "output.txt");
    const printed = normalise(stdout);
    if (process.env.RECORD === "1") await writeFile(expected, printed);
    assert.equal(printed, await readFile(expected, "utf8"));
  });
}
