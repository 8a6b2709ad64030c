import { join } from "node:path";
import { LaunchError } from "../../core/ports/engine.ts";
import type { CommandInput, DriverCommand } from "./driver-command.ts";
import { moduleOptions } from "./java-options.ts";
import { loggingFiles } from "./logging-configuration.ts";
import { formatProperties } from "./properties-file.ts";
import { runPaths } from "./run-paths.ts";
import { buildEnvironment } from "./spark-environment.ts";
import { uiAccessFile, uiFilter } from "./ui-access.ts";

const MEBIBYTE = 2 ** 20;

/**
 * Spark's history server on a folder of its own, into which event logs are linked as they are asked for. It sees none
 * of its account's buckets, and its pages are for this server alone.
 */
export async function historyServerCommand(input: CommandInput<"history-server">): Promise<DriverCommand> {
  const { request, runtime, runDirectory, settings } = input;
  if (settings.ui === null)
    throw new LaunchError("A history server needs Firesteel's helper jar, which is not there.");
  const paths = runPaths(runDirectory);
  const { env } = buildEnvironment({ ...settings, request, runtime, runDirectory, properties: {} });
  const heapMebibytes = Math.floor(request.grant.granted.memoryBytes / MEBIBYTE);
  const properties = join("conf", "history-server.properties");
  return {
    argv: [
      join(runtime.javaHome, "bin", "java"),
      "-cp",
      [...settings.helperJars, join(runtime.sparkHome, "jars", "*"), `${paths.configuration}/`].join(":"),
      `-Xmx${heapMebibytes}m`,
      `-Djava.io.tmpdir=${paths.temporary}`,
      ...(settings.classArchive === null
        ? []
        : ["-Xshare:auto", `-XX:SharedArchiveFile=${settings.classArchive}`]),
      ...moduleOptions(runtime.sparkVersion),
      "org.apache.spark.deploy.history.HistoryServer",
      "--properties-file",
      join(runDirectory, properties),
    ],
    env,
    files: {
      [properties]: formatProperties({
        "spark.history.fs.logDirectory": `file://${encodeURI(paths.history)}`,
        // How long somebody waits who asks for one more run; the folder holds only runs that were asked for.
        "spark.history.fs.update.interval": "2s",
        "spark.history.ui.port": String(settings.ui.port),
        "spark.ui.filters": uiFilter(runtime.sparkVersion),
      }),
      ...inConf(loggingFiles({ "spark-log4j2": { "rootLogger.level": "warn" } })),
      ...uiAccessFile(settings.ui),
      // So that the folder is there; the history server passes over names that start with a dot.
      [join("conf", "history", ".firesteel")]: "",
    },
    log: [
      `Spark ${runtime.sparkVersion} history server on Java ${runtime.javaVersion}, heap ${heapMebibytes} MiB`,
    ],
  };
}

function inConf(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [join("conf", name), content]));
}
