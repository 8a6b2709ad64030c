import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstalledRuntime } from "../src/core/ports/runtimes.ts";
import { runCommand } from "../src/runtimes/command.ts";
import { type MavenArtifact, mavenJar } from "./maven.ts";
import { storedZip } from "./stored-zip.ts";

/** A compiler that needs no JDK. 3.32.0 is the last that runs on Java 11 too. */
const ECJ: MavenArtifact = {
  group: "org.eclipse.jdt",
  name: "ecj",
  version: "3.32.0",
  sha256: "07e034c44a019c0c6394a06ee7b5c344e5518f6083c0fd046f2d8fd16a6760e2",
};

/** Servlets as Spark 4 has them; those of Spark 3 come with its own jars. */
const JAKARTA_SERVLETS: MavenArtifact = {
  group: "jakarta.servlet",
  name: "jakarta.servlet-api",
  version: "5.0.0",
  sha256: "33d3a5bda82c7d2f1b898685faa954f1fc34f7b0ae5c2f6ccc6d051e8a10973b",
};

export const javaDirectory = join(import.meta.dirname, "../drivers/java");

/** Jar below `drivers/java/dist`, and the folder of its sources below `drivers/java`. */
export const JARS: Readonly<Record<string, string>> = {
  "firesteel-hadoop.jar": "src",
  "spark-examples.jar": "examples",
  "firesteel-executors.jar": "executors",
};

const MANIFEST = "Manifest-Version: 1.0\r\n\r\n";

/** Compiles the Java helpers, for Java 8 and against the runtime's Spark, and answers each jar's bytes. */
export async function buildJavaHelpers(
  runtime: InstalledRuntime,
  cache: string,
): Promise<Map<string, Buffer>> {
  const compiler = await mavenJar(ECJ, cache, process.env);
  const servlets = await mavenJar(JAKARTA_SERVLETS, cache, process.env);
  const jars = new Map<string, Buffer>();
  for (const [jar, sources] of Object.entries(JARS)) {
    jars.set(jar, await buildJar(join(javaDirectory, sources), compiler, servlets, runtime));
  }
  return jars;
}

async function buildJar(
  sources: string,
  compiler: string,
  servlets: string,
  runtime: InstalledRuntime,
): Promise<Buffer> {
  const output = await mkdtemp(join(tmpdir(), "firesteel-java-"));
  try {
    const java = join(runtime.javaHome, "bin", "java");
    const files = sortedFiles("**/*.java", sources);
    const classPath = [...sortedFiles("*.jar", join(runtime.sparkHome, "jars")), servlets].join(":");
    const options = [
      "-source",
      "1.8",
      "-target",
      "1.8",
      "-encoding",
      "UTF-8",
      "-g:lines,source",
      "-failOnWarning",
    ];
    await runCommand(java, ["-jar", compiler, ...options, "-cp", classPath, "-d", output, ...files], {
      environment: process.env,
    });
    const entries = new Map<string, Uint8Array>([["META-INF/MANIFEST.MF", Buffer.from(MANIFEST)]]);
    for (const name of globSync("**/*.class", { cwd: output })) {
      entries.set(name, readFileSync(join(output, name)));
    }
    for (const name of globSync("META-INF/services/*", { cwd: sources })) {
      entries.set(name, readFileSync(join(sources, name)));
    }
    return storedZip(entries);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

function sortedFiles(pattern: string, directory: string): string[] {
  return globSync(pattern, { cwd: directory })
    .sort()
    .map((name) => join(directory, name));
}
