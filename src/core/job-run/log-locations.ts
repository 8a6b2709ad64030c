import type { LogRotation, LogTargets } from "../application/spec.ts";
import { invalid } from "../errors.ts";
import type { JobRunId, VirtualClusterId } from "../ids.ts";
import { joinKey, parseS3Uri } from "../s3-uri.ts";
import type { MonitoringConfiguration } from "./job-run.ts";
import { submitterPodName } from "./pod-names.ts";

const LOG_URI = "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri";
/** Names that S3 gives no bucket, by their form alone (bucketnamingrules.html of its user guide). */
const NO_BUCKET = /[^a-zA-Z0-9._-]|\.\.|^.{0,2}$|^.{256,}$/;

export interface LogOwner {
  readonly cluster: VirtualClusterId;
  readonly run: JobRunId;
  readonly sparkApplicationId: string;
  /** What comes before the number in the names of executors' pods. */
  readonly executorPods: string;
}

/**
 * Where a run's logs go (emr-b.md 2.6): below the target `<virtual cluster>/jobs/<run>/containers/`, then
 * `<spark application>/spark-<run>-driver/(stdout|stderr)[.gz]` for the driver, `<spark application>/<pod>/…` for an
 * executor and `<pod>/…` for the submitter. Throws a DomainError of kind `invalid` for a `logUri` that names no bucket.
 */
export function logTargets(
  monitoring: MonitoringConfiguration,
  { cluster, run, sparkApplicationId, executorPods }: LogOwner,
  rotation: LogRotation | undefined,
): LogTargets {
  const containers = joinKey(cluster, "jobs", run, "containers");
  const cloudWatch = monitoring.cloudWatchMonitoringConfiguration;
  const logUri = monitoring.s3MonitoringConfiguration?.logUri ?? null;
  if (logUri !== null) refuseNoBucket(logUri);
  return {
    s3Uri: logUri,
    cloudWatch:
      cloudWatch === undefined
        ? null
        : { group: cloudWatch.logGroupName, streamPrefix: cloudWatch.logStreamNamePrefix ?? "" },
    containers: {
      driver: joinKey(containers, sparkApplicationId, `spark-${run}-driver`),
      submitter: joinKey(containers, submitterPodName(run, sparkApplicationId)),
      executors: joinKey(containers, sparkApplicationId, executorPods),
    },
    ...(rotation === undefined ? {} : { rotation }),
  };
}

/** emr-b.md 4.1 row 10 has these words for an address that cannot be one; the reason is ours. */
function refuseNoBucket(logUri: string): void {
  const bucket = parseS3Uri(logUri)?.bucket;
  if (bucket !== undefined && !NO_BUCKET.test(bucket)) return;
  throw invalid(
    `${LOG_URI} failed to satisfy constraint : '${bucket ?? logUri}' cannot be the name of a bucket`,
  );
}
