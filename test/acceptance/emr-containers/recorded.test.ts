import { cp, mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { before, test } from "node:test";
import { assertPrintsWhatWasRecorded } from "../../support/recorded.ts";
import { sparkRuntime, testPython } from "../../support/runtime.ts";
import { normalise } from "./normalise.ts";

const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures");
const CLIENTS = ["boto3==1.44.5", "awscli==1.46.3"];
const CASE_TIMEOUT_MS = 360_000;

/** One folder a case: a script for an unmodified client, and what it printed when it was recorded. */
const CASES = [
  { name: "boto3-life", script: "script.py" },
  { name: "boto3-errors", script: "script.py" },
  { name: "boto3-virtual-clusters", script: "script.py" },
  { name: "aws-cli-life", script: "script.sh" },
  { name: "boto3-sql", script: "script.py" },
  { name: "aws-cli-sql", script: "script.sh" },
] as const;

// Installing them may take minutes, which are no case's own.
before(async () => void (await Promise.all([sparkRuntime(), testPython(CLIENTS)])));

for (const { name, script } of CASES) {
  test(`${name} prints what was recorded`, { timeout: CASE_TIMEOUT_MS }, async (context) => {
    const python = await testPython(CLIENTS);
    const folder = join(import.meta.dirname, name);
    await assertPrintsWhatWasRecorded(context, {
      recorded: join(folder, "output.txt"),
      async prepare({ dataDir }) {
        const bucket = join(dataDir, "buckets", "acceptance", "code");
        await mkdir(bucket, { recursive: true });
        await cp(join(FIXTURES, "endless.py"), join(bucket, "endless.py"));
        await cp(join(FIXTURES, "sql"), join(bucket, "sql"), { recursive: true });
      },
      command: () => [script.endsWith(".py") ? python : "/bin/sh", join(folder, script)],
      environment: {
        PATH: [dirname(python), "/usr/bin", "/bin"].join(delimiter),
        PYTHONHASHSEED: "0",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_PAGER: "",
        TEST_BUCKET: "acceptance",
      },
      normalise,
    });
  });
}
