import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type MavenArtifact, mavenJar } from "../../../scripts/maven.ts";
import { cacheDirectory, sparkRuntime } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { normalise } from "./normalise.ts";

const execute = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const ENDLESS = join(HERE, "..", "..", "fixtures", "endless.py");
const TIMEOUT_MS = 300_000;

/** A program over an SDK for a compiled language, and what it printed when it was recorded. */
const SDKS = [
  {
    name: "go",
    needs: "go",
    /** Its modules are pinned by go.sum; they and what is compiled of them stay in Go's own caches. */
    async command(compiler: string, directory: string) {
      const program = join(directory, "life");
      await execute(compiler, ["build", "-o", program, "."], { cwd: join(HERE, "go") });
      return [program];
    },
  },
  {
    name: "java",
    needs: "javac",
    async command(compiler: string) {
      const text = await readFile(join(HERE, "java", "jars.json"), "utf8");
      const artifacts = JSON.parse(text) as MavenArtifact[]; // made from a resolved pom.xml
      const cache = join(cacheDirectory, "maven");
      const jars = await Promise.all(artifacts.map((artifact) => mavenJar(artifact, cache, process.env)));
      // The compiler's own `java` compiles the source file as it starts it.
      const java = join(dirname(compiler), "java");
      return [java, "-cp", jars.join(delimiter), join(HERE, "java", "Life.java")];
    },
  },
] as const;

for (const { name, needs, command } of SDKS) {
  const compiler = find(needs);
  const skip = compiler === null && `this machine has no ${needs}: the AWS SDK for ${name} is NOT tried`;
  test(`the AWS SDK for ${name} prints what was recorded`, { timeout: TIMEOUT_MS, skip }, async (context) => {
    await sparkRuntime();
    const directory = await temporaryDirectory(context);
    const dataDir = join(directory, "data");
    const server = await startServerProcess(dataDir);
    context.after(() => server.endWithApplications());
    const code = join(dataDir, "buckets", "acceptance", "code");
    await mkdir(code, { recursive: true });
    await cp(ENDLESS, join(code, "endless.py"));

    const [program = "", ...args] = await command(compiler ?? "", directory);
    const { stdout } = await execute(program, args, {
      cwd: directory,
      env: {
        HOME: directory,
        PATH: "/usr/bin:/bin",
        AWS_EC2_METADATA_DISABLED: "true",
        TEST_BUCKET: "acceptance",
        ...server.clientEnvironment,
      },
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${name} failed:\n${error.stdout}\n${error.stderr}\nserver:\n${server.output()}`);
    });
    const expected = join(HERE, name, "output.txt");
    const printed = normalise(stdout);
    if (process.env.RECORD === "1") await writeFile(expected, printed);
    assert.equal(printed, await readFile(expected, "utf8"));
  });
}

/** An executable on the path, or below `JAVA_HOME`; null where there is none. */
function find(name: string): string | null {
  const { PATH = "", JAVA_HOME } = process.env;
  const folders = [...(JAVA_HOME === undefined ? [] : [join(JAVA_HOME, "bin")]), ...PATH.split(delimiter)];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
