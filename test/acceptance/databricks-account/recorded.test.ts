import { delimiter, dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { assertPrintsWhatWasRecorded } from "../../support/recorded.ts";
import { testPython } from "../../support/runtime.ts";
import { normalise } from "./normalise.ts";

const SCRIPTS = join(import.meta.dirname, "sdk-python");
const CLIENTS = ["databricks-sdk==0.156.0"];
const TIMEOUT_MS = 300_000;

/** Each a script for the unmodified SDK, beside what it printed when it was recorded. */
const CASES = [
  "oauth_machine_to_machine",
  "tokens",
  "credentials_and_storage",
  "workspace_life",
  "principals",
  "clusters",
  "rest_of_the_account",
] as const;

// Side by side: each waits for the server most of the time, as SDKs do between two looks at a workspace.
describe("what the SDK for Python prints", { concurrency: 3 }, () => {
  before(async () => void (await testPython(CLIENTS)));
  for (const name of CASES) {
    it(`of ${name}.py is as recorded`, { timeout: TIMEOUT_MS }, async (context) => {
      const python = await testPython(CLIENTS);
      await assertPrintsWhatWasRecorded(context, {
        recorded: join(SCRIPTS, `${name}.txt`),
        command: () => [python, join(SCRIPTS, `${name}.py`)],
        environment: { PATH: [dirname(python), "/usr/bin", "/bin"].join(delimiter) },
        // One of them waits for a delivery of logs.
        settings: { FIRESTEEL_AUDIT_DELIVERY_SECONDS: "1" },
        normalise,
      });
    });
  }
});
