import { join } from "node:path";
import { before, describe, it } from "node:test";
import { GO, JAVA } from "../../../support/compiled-programs.ts";
import { assertPrintsWhatWasRecorded } from "../../../support/recorded.ts";
import { testPython } from "../../../support/runtime.ts";
import { normalise } from "../normalise.ts";

const CLIENTS = ["databricks-sdk==0.156.0"];
const TIMEOUT_MS = 600_000;

const compiled = [GO, JAVA].map((language) => ({
  name: language.name,
  isInstalled: language.compiler !== null,
  command: (directory: string) => language.command(join(import.meta.dirname, language.name), directory),
}));
const python = {
  name: "python",
  isInstalled: true,
  command: async () => [await testPython(CLIENTS), join(import.meta.dirname, "life.py")] as const,
};

describe("a workspace's life, told by the vendor's SDKs in the same words", { concurrency: true }, () => {
  before(async () => void (await testPython(CLIENTS)));
  for (const { name, isInstalled, command } of [python, ...compiled]) {
    const skip = !isInstalled && `this machine has no ${name}: the Databricks SDK for it is NOT tried`;
    it(`is for ${name} as recorded`, { timeout: TIMEOUT_MS, skip }, (context) =>
      assertPrintsWhatWasRecorded(context, {
        recorded: join(import.meta.dirname, "output.txt"),
        settings: { FIRESTEEL_CLOUD_LOCAL_FILE: join(import.meta.dirname, "cloud.json") },
        command,
        normalise,
      }),
    );
  }
});
