import { join } from "node:path";
import type { ApplicationSpec, EventLogRotation, SparkDriverSpec } from "../../core/application/spec.ts";
import { formatHadoopXml } from "./hadoop-xml.ts";
import { loggingFiles } from "./logging-configuration.ts";
import { formatProperties, type Properties } from "./properties-file.ts";
import { runPaths } from "./run-paths.ts";
import { uiDefaults } from "./spark-ui.ts";
import { confOf, type SubmitOption } from "./submit-options.ts";
import type { UiAccess } from "./ui-access.ts";

/** The folders that the bucket file system serves; null where its jar is not on the class path. */
export interface BucketFolders {
  readonly root: string;
  readonly samples: string;
}

/** The Hadoop keys that make `s3://`, `s3a://` and `s3n://` this server's buckets. */
export function bucketProperties(buckets: BucketFolders): Properties {
  const schemes = ["s3", "s3a", "s3n"];
  return {
    ...Object.fromEntries(
      schemes.map((scheme) => [`fs.${scheme}.impl`, "firesteel.hadoop.BucketFileSystem"]),
    ),
    ...Object.fromEntries(
      schemes.map((scheme) => [
        `fs.AbstractFileSystem.${scheme}.impl`,
        "firesteel.hadoop.BucketAbstractFileSystem",
      ]),
    ),
    "firesteel.buckets.root": buckets.root,
    "firesteel.buckets.samples": buckets.samples,
    // Hadoop's default (core-default.xml) names a committer of hadoop-aws, which PySpark does not bring.
    "mapreduce.outputcommitter.factory.scheme.s3a":
      "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory",
  };
}

/**
 * What the run gets where neither its options nor its `spark-defaults` say otherwise (emr-b.md B5, level 4).
 * Spark's scratch space follows `java.io.tmpdir`, and its warehouse the working directory: both are in the run's own.
 */
export function releaseDefaults(
  spec: SparkDriverSpec,
  runDirectory: string,
  ui: UiAccess | null,
): Properties {
  const paths = runPaths(runDirectory);
  return {
    "spark.app.id": spec.sparkApplicationId,
    // The local mode of Spark 3.5 takes no id from anywhere (LocalSchedulerBackend): its own is `local-<time>`.
    ...(Number.parseInt(spec.runtime.sparkVersion, 10) >= 4
      ? { "spark.test.appId": spec.sparkApplicationId }
      : {}),
    ...uiDefaults(ui, spec),
    // In local mode Spark makes up a secret of its own (SecurityManager.initializeAuth): without one its RPC and block
    // ports take, and deserialise, what any program of this machine sends.
    "spark.authenticate": "true",
    ...(spec.eventLog
      ? { "spark.eventLog.enabled": "true", "spark.eventLog.dir": `file://${encodeURI(paths.eventLogs)}` }
      : {}),
    ...(spec.eventLogRotation === undefined
      ? {}
      : {
          "spark.eventLog.rolling.enabled": "true",
          "spark.eventLog.rolling.maxFileSize": `${rollingBytes(spec.eventLogRotation)}b`,
        }),
  };
}

/** Spark's own rolling goes by size alone, and takes none below this (`EVENT_LOG_ROLLING_MAX_FILE_SIZE`). */
const LEAST_ROLLING_BYTES = 10 * 2 ** 20;

function rollingBytes({ fileBytes }: EventLogRotation): number {
  return Math.max(fileBytes, LEAST_ROLLING_BYTES);
}

/** What the submitter's log says of an event log in files: where it is not done as the properties of EMR say. */
export function eventLogNotes({ eventLogRotation }: SparkDriverSpec): string[] {
  if (eventLogRotation === undefined) return [];
  return [
    `spark.eventLog.rotation: a new file every ${rollingBytes(eventLogRotation)} bytes, not by the interval; ` +
      `the first and the last ${eventLogRotation.files} are kept`,
  ];
}

/** The user's settings less those that must hold, with a line for each that was left out. */
export interface HeldSettings {
  readonly options: readonly SubmitOption[];
  readonly configuration: ApplicationSpec["configuration"];
  readonly notes: readonly string[];
}

/**
 * Leaves out what would take `s3://` away from this server's buckets. Jobs written for EMR name its own file systems
 * (emr-b.md 3.6), whose classes are not here; what is left out is said in the submitter's log.
 */
export function holdBuckets(
  options: readonly SubmitOption[],
  configuration: ApplicationSpec["configuration"],
  buckets: BucketFolders | null,
): HeldSettings {
  if (buckets === null) return { options, configuration, notes: [] };
  const held = bucketProperties(buckets);
  const notes: string[] = [];
  const without = (source: string, prefix: string, properties: Properties) =>
    Object.fromEntries(
      Object.entries(properties).filter(([key]) => {
        const isHeld = key.startsWith(prefix) && key.slice(prefix.length) in held;
        if (isHeld) notes.push(`${source}: ${key} is left out: s3:// addresses are this server's buckets`);
        return !isHeld;
      }),
    );
  const keptOptions = options.filter((option) => {
    const conf = confOf(option);
    return conf === null || Object.keys(without("--conf", "spark.hadoop.", { [conf[0]]: "" })).length > 0;
  });
  const keptConfiguration = {
    ...configuration,
    "spark-defaults": without("spark-defaults", "spark.hadoop.", configuration["spark-defaults"] ?? {}),
    "core-site": without("core-site", "", configuration["core-site"] ?? {}),
  };
  return { options: keptOptions, configuration: keptConfiguration, notes };
}

/** The files of the driver's configuration directory, by path relative to the run's directory. */
export function configurationFiles(
  spec: SparkDriverSpec,
  runDirectory: string,
  buckets: BucketFolders | null,
  ui: UiAccess | null,
  /** Below the user's. */
  defaults: Properties = {},
): Record<string, string> {
  const { configuration } = spec;
  const files: Record<string, string> = {
    "spark-defaults.conf": formatProperties({
      ...releaseDefaults(spec, runDirectory, ui),
      ...defaults,
      ...configuration["spark-defaults"],
    }),
    "core-site.xml": formatHadoopXml({
      ...configuration["core-site"],
      ...(buckets === null ? {} : bucketProperties(buckets)),
    }),
    ...loggingFiles(configuration),
  };
  // hive-site is of runs that an older server accepted.
  const hiveSite = { ...configuration["hive-site"], ...configuration["spark-hive-site"] };
  if (Object.keys(hiveSite).length > 0) files["hive-site.xml"] = formatHadoopXml(hiveSite);
  const optional = {
    "spark-metrics": ["metrics.properties", formatProperties],
  } as const;
  for (const [classification, [file, format]] of Object.entries(optional)) {
    const properties = configuration[classification];
    if (properties !== undefined) files[file] = format(properties);
  }
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [join("conf", name), content]));
}
