import { before, test } from "node:test";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { checkClassArchive } from "../support/class-archive.ts";
import { sparkRuntime } from "../support/runtime.ts";

let runtime: InstalledRuntime;
before(async () => {
  runtime = await sparkRuntime();
});

test("an archive is made once, and the JVM takes classes from it", { timeout: 300_000 }, async (context) => {
  await checkClassArchive(context, runtime);
});
