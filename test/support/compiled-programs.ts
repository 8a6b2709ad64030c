import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type MavenArtifact, mavenJar } from "../../scripts/maven.ts";
import { cacheDirectory } from "./runtime.ts";

const execute = promisify(execFile);

/** A language whose programs are compiled before they run. */
export interface CompiledLanguage {
  readonly name: string;
  /** Its compiler on this machine; null where it is not installed. */
  readonly compiler: string | null;
  /** Compiles the program of the folder `source`, and answers how to start it. */
  command(source: string, directory: string): Promise<readonly [string, ...string[]]>;
}

/** Go: modules are pinned by the folder's `go.sum`; they and what is compiled of them stay in Go's own caches. */
export const GO: CompiledLanguage = {
  name: "go",
  compiler: find("go"),
  async command(source, directory) {
    const program = join(directory, "life");
    await execute(this.compiler ?? "go", ["build", "-o", program, "."], { cwd: source });
    return [program];
  },
};

/** Java: the folder's `jars.json`, made from a resolved pom.xml, pins each jar by its hash; `Life.java` is the program. */
export const JAVA: CompiledLanguage = {
  name: "java",
  compiler: find("javac"),
  async command(source) {
    const text = await readFile(join(source, "jars.json"), "utf8");
    const artifacts = JSON.parse(text) as MavenArtifact[]; // a file of this repository
    const cache = join(cacheDirectory, "maven");
    const jars = await Promise.all(artifacts.map((artifact) => mavenJar(artifact, cache, process.env)));
    // The compiler's own `java` compiles the source file as it starts it.
    const java = join(dirname(this.compiler ?? ""), "java");
    return [java, "-cp", jars.join(delimiter), join(source, "Life.java")];
  },
};

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
