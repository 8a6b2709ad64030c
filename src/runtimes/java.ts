import { join } from "node:path";
import { CommandError, type Environment, runCommand } from "./command.ts";
import { executablesOnPath } from "./python.ts";

export interface Java {
  readonly home: string;
  /** Major version, such as 17; 8 for 1.8. */
  readonly version: number;
}

/** The Javas of this machine: that of JAVA_HOME, then those of PATH. What does not start is left out. */
export async function findJavas(environment: Environment): Promise<Java[]> {
  const home = environment.JAVA_HOME;
  const candidates = [
    ...(home === undefined || home === "" ? [] : [join(home, "bin", "java")]),
    ...executablesOnPath("java", environment),
  ];
  const found = new Map<string, Java>();
  for (const candidate of candidates) {
    const java = await probeJava(candidate, environment).catch((error: unknown) => {
      // On macOS /usr/bin/java is there without a Java, and says so.
      if (error instanceof CommandError) return null;
      throw error;
    });
    if (java !== null && !found.has(java.home)) found.set(java.home, java);
  }
  return [...found.values()];
}

/** Asks a `java` where and what it is. Throws {@link CommandError} where it does not answer. */
export async function probeJava(executable: string, environment: Environment): Promise<Java> {
  const properties = new Map<string, string>();
  await runCommand(executable, ["-XshowSettings:properties", "-version"], {
    environment,
    onLine: (line) => {
      const match = /^\s*(java\.[a-z.]+) = (.*)$/.exec(line);
      if (match?.[1] !== undefined && match[2] !== undefined) properties.set(match[1], match[2]);
    },
  });
  const home = properties.get("java.home");
  const version = Number.parseInt(
    (properties.get("java.specification.version") ?? "").replace(/^1\./, ""),
    10,
  );
  if (home === undefined || Number.isNaN(version))
    throw new CommandError(`${executable}: no Java that tells its version`);
  return { home, version };
}
