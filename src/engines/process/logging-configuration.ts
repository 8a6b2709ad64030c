import { join } from "node:path";
import type { ApplicationSpec } from "../../core/application/spec.ts";
import { formatProperties, type Properties } from "./properties-file.ts";

/** Spark's own console logging (conf/log4j2.properties.template of Spark 3.5): everything of INFO and above to stderr. */
const DEFAULT_LOG4J2: Properties = {
  "rootLogger.level": "info",
  "rootLogger.appenderRef.stdout.ref": "console",
  "appender.console.type": "Console",
  "appender.console.name": "console",
  "appender.console.target": "SYSTEM_ERR",
  "appender.console.layout.type": "PatternLayout",
  "appender.console.layout.pattern": "%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex",
  "logger.jetty1.name": "org.sparkproject.jetty",
  "logger.jetty1.level": "warn",
  "logger.jetty2.name": "org.sparkproject.jetty.util.component.AbstractLifeCycle",
  "logger.jetty2.level": "error",
  // A line for each page and filter.
  "logger.ui.name": "org.apache.spark.ui.ServerInfo",
  "logger.ui.level": "warn",
  "logger.parquet1.name": "org.apache.parquet",
  "logger.parquet1.level": "error",
  "logger.parquet2.name": "parquet",
  "logger.parquet2.level": "error",
  "logger.RetryingHMSHandler.name": "org.apache.hadoop.hive.metastore.RetryingHMSHandler",
  "logger.RetryingHMSHandler.level": "fatal",
  "logger.FunctionRegistry.name": "org.apache.hadoop.hive.ql.exec.FunctionRegistry",
  "logger.FunctionRegistry.level": "error",
};

/** The same for Log4j 1 (conf/log4j.properties.template of Spark 3.2): a classification changes some of its values. */
const DEFAULT_LOG4J: Properties = {
  "log4j.rootCategory": "INFO, console",
  "log4j.appender.console": "org.apache.log4j.ConsoleAppender",
  "log4j.appender.console.target": "System.err",
  "log4j.appender.console.layout": "org.apache.log4j.PatternLayout",
  "log4j.appender.console.layout.ConversionPattern": "%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n",
  "log4j.logger.org.sparkproject.jetty": "WARN",
  "log4j.logger.org.sparkproject.jetty.util.component.AbstractLifeCycle": "ERROR",
  "log4j.logger.org.apache.spark.ui.ServerInfo": "WARN",
  "log4j.logger.org.apache.parquet": "ERROR",
  "log4j.logger.parquet": "ERROR",
  "log4j.logger.org.apache.hadoop.hive.metastore.RetryingHMSHandler": "FATAL",
  "log4j.logger.org.apache.hadoop.hive.ql.exec.FunctionRegistry": "ERROR",
};

const LOG4J_FILE = "log4j.properties";

/** The logging files of the driver's configuration directory, by name. */
export function loggingFiles(configuration: ApplicationSpec["configuration"]): Record<string, string> {
  const log4j = configuration["spark-log4j"];
  return {
    "log4j2.properties": formatProperties({ ...DEFAULT_LOG4J2, ...configuration["spark-log4j2"] }),
    ...(log4j === undefined ? {} : { [LOG4J_FILE]: formatProperties({ ...DEFAULT_LOG4J, ...log4j }) }),
  };
}

/**
 * Lets a Spark that logs with Log4j 2 (3.3 and newer) read a file for Log4j 1, which releases up to 6.11 are given
 * (emr-d.md D-083): its bridge for the older form, `log4j-1.2-api`, is among Spark's jars.
 */
export function loggingJavaOptions(
  configuration: ApplicationSpec["configuration"],
  sparkVersion: string,
  configurationDirectory: string,
): string[] {
  const [major = 0, minor = 0] = sparkVersion.split(".").map(Number);
  const logsWithLog4j2 = major > 3 || (major === 3 && minor >= 3);
  if (!logsWithLog4j2 || !("spark-log4j" in configuration)) return [];
  const file = encodeURI(join(configurationDirectory, LOG4J_FILE));
  return ["-Dlog4j1.compatibility=true", `-Dlog4j.configuration=file://${file}`];
}
