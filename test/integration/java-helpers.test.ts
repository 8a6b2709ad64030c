import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { buildJavaHelpers } from "../../scripts/java-helpers.ts";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";
import { runCommand } from "../../src/runtimes/command.ts";
import { cacheDirectory, javaHelpers, samplesDirectory, sparkRuntime } from "../support/runtime.ts";

describe("the Java helpers", () => {
  let runtime: InstalledRuntime;
  before(async () => {
    runtime = await sparkRuntime();
  });

  it("are what their source builds to, byte for byte", async () => {
    const jars = await buildJavaHelpers(runtime, join(cacheDirectory, "maven"));
    for (const [name, bytes] of jars) {
      const committed = readFileSync(join(javaHelpers, name));
      assert.ok(bytes.equals(committed), `${name} is stale: run scripts/build-java.ts`);
    }
  });

  it("estimate pi as the guide's example does", async () => {
    assert.match(await submitExample(runtime, "SparkPi", "10"), /^Pi is roughly 3\.14\d*$/);
  });

  it("count words as the guide's example does", async () => {
    const text = join(samplesDirectory, "emr-containers/samples/wordcount/input/the-forge.txt");
    const lines = (await submitExample(runtime, "JavaWordCount", text)).split("\n");
    assert.ok(lines.includes("spark: 4"), lines.join("\n"));
  });
});

/** Runs a class of the runtime's own examples jar and answers its stdout. */
function submitExample(runtime: InstalledRuntime, name: string, argument: string): Promise<string> {
  const options = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"];
  const jar = join(runtime.sparkHome, "examples", "jars", "spark-examples.jar");
  const application = ["--class", `org.apache.spark.examples.${name}`, jar, argument];
  return runCommand(join(runtime.sparkHome, "bin", "spark-submit"), [...options, ...application], {
    environment: {
      PATH: process.env.PATH,
      JAVA_HOME: runtime.javaHome,
      SPARK_HOME: runtime.sparkHome,
      SPARK_LOCAL_IP: "127.0.0.1",
    },
  });
}
