// Builds the jars of drivers/java/dist, which are committed. With --check it writes nothing, and fails where the source
// builds to other bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, sparkRuntime } from "../test/support/runtime.ts";
import { buildJavaHelpers, javaDirectory } from "./java-helpers.ts";

const check = process.argv.includes("--check");
const jars = await buildJavaHelpers(await sparkRuntime(), join(cacheDirectory, "maven"));
for (const [name, bytes] of jars) {
  const path = join(javaDirectory, "dist", name);
  if (!check) writeFileSync(path, bytes);
  else if (!bytes.equals(readFileSync(path))) {
    console.error(`drivers/java/dist/${name} is not what its source builds to: run scripts/build-java.ts`);
    process.exitCode = 1;
  }
}
