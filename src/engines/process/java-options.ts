import { LaunchError } from "../../core/ports/engine.ts";
import { splitOptionString } from "./option-string.ts";
import type { Properties } from "./properties-file.ts";

const OPENED_PACKAGES = [
  "java.base/java.lang",
  "java.base/java.lang.invoke",
  "java.base/java.lang.reflect",
  "java.base/java.io",
  "java.base/java.net",
  "java.base/java.nio",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.base/sun.nio.cs",
  "java.base/sun.security.action",
  "java.base/sun.util.calendar",
  "java.security.jgss/sun.security.krb5",
];

/**
 * What Spark needs of Java 9 and newer (`JavaModuleOptions` of Spark 3.5; 4.0 adds the last one). Left out of 4.0's
 * list is `--add-modules=jdk.incubator.vector`, an optional speed-up: a trimmed Java without that module would not
 * start at all.
 */
export function moduleOptions(sparkVersion: string): string[] {
  const major = Number.parseInt(sparkVersion, 10);
  return [
    "-XX:+IgnoreUnrecognizedVMOptions",
    ...OPENED_PACKAGES.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
    "-Djdk.reflect.useDirectMethodHandle=false",
    ...(major >= 4 ? ["-Dio.netty.tryReflectionSetAccessible=true"] : []),
  ];
}

/**
 * The user's JVM options, which no launcher reads for us. Throws {@link LaunchError} where Spark's launcher refuses
 * them: a heap size among them (`SparkSubmitCommandBuilder.checkJavaOptions`), or an open quote.
 */
export function userJavaOptions(properties: Properties): string[] {
  return ["spark.driver.defaultJavaOptions", "spark.driver.extraJavaOptions"].flatMap((key) => {
    const text = properties[key] ?? "";
    if (text.includes("Xmx")) {
      throw new LaunchError(
        `Not allowed to specify max heap(Xmx) memory settings through java options (${key}). Use the corresponding --driver-memory or spark.driver.memory configuration instead.`,
      );
    }
    return splitJavaOptions(text, key);
  });
}

export function splitJavaOptions(text: string, source: string): string[] {
  try {
    return splitOptionString(text);
  } catch (error) {
    throw new LaunchError(`${source}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
