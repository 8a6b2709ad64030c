import { test } from "node:test";
import { checkClassArchive } from "../support/class-archive.ts";
import { sparkRuntime } from "../support/runtime.ts";

test("an archive is made once, and the JVM takes classes from it", { timeout: 120_000 }, async (context) => {
  await checkClassArchive(context, await sparkRuntime());
});
