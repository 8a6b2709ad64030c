import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledRuntime } from "../../src/core/ports/runtimes.ts";

/** `java` as a shell script: notes that it was started, and then does what the program's last argument says. */
const FAKE_JAVA = `#!/bin/sh
echo started >> starts
for script; do :; done
eval "$script"
`;

/**
 * Makes a runtime whose `java` runs the program's last argument as a shell script, in a moment. Its Spark home holds
 * one program, `local:///usr/lib/spark/program.jar`.
 */
export async function fakeRuntime(directory: string): Promise<InstalledRuntime> {
  const javaHome = join(directory, "java");
  const sparkHome = join(directory, "spark");
  await mkdir(join(javaHome, "bin"), { recursive: true });
  await mkdir(join(sparkHome, "jars"), { recursive: true });
  await writeFile(join(javaHome, "bin", "java"), FAKE_JAVA, { mode: 0o755 });
  await writeFile(join(sparkHome, "program.jar"), "");
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  }).trim();
  return { name: "fake", sparkVersion: "3.5.9", sparkHome, javaHome, javaVersion: 17, python };
}
