import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { GO, JAVA } from "../../support/compiled-programs.ts";
import { assertPrintsWhatWasRecorded } from "../../support/recorded.ts";
import { sparkRuntime } from "../../support/runtime.ts";
import { normalise } from "./normalise.ts";

const ENDLESS = join(import.meta.dirname, "..", "..", "fixtures", "endless.py");
const TIMEOUT_MS = 600_000;

before(async () => void (await sparkRuntime()));

for (const language of [GO, JAVA]) {
  const { name, compiler } = language;
  const skip = compiler === null && `this machine has no ${name}: the AWS SDK for it is NOT tried`;
  test(`the AWS SDK for ${name} prints what was recorded`, { timeout: TIMEOUT_MS, skip }, async (context) => {
    const source = join(import.meta.dirname, name);
    await assertPrintsWhatWasRecorded(context, {
      recorded: join(source, "output.txt"),
      async prepare({ dataDir }) {
        const code = join(dataDir, "buckets", "acceptance", "code");
        await mkdir(code, { recursive: true });
        await cp(ENDLESS, join(code, "endless.py"));
      },
      command: (directory) => language.command(source, directory),
      environment: { AWS_EC2_METADATA_DISABLED: "true", TEST_BUCKET: "acceptance" },
      normalise,
    });
  });
}
