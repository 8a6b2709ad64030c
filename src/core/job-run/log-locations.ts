import type { LogTargets } from "../application/spec.ts";
import type { JobRunId, VirtualClusterId } from "../ids.ts";
import { joinKey } from "../s3-uri.ts";
import type { MonitoringConfiguration } from "./job-run.ts";

/**
 * Where a run's logs go (emr-b.md 2.6): below the target
 * `<virtual cluster>/jobs/<run>/containers/<spark application>/spark-<run>-driver/(stdout|stderr)[.gz]` for the driver
 * and `…/containers/<pod>/…` for the submitter, whose pod Firesteel names after the run.
 */
export function logTargets(
  monitoring: MonitoringConfiguration,
  cluster: VirtualClusterId,
  run: JobRunId,
  sparkApplicationId: string,
): LogTargets {
  const containers = joinKey(cluster, "jobs", run, "containers");
  const cloudWatch = monitoring.cloudWatchMonitoringConfiguration;
  return {
    s3Uri: monitoring.s3MonitoringConfiguration?.logUri ?? null,
    cloudWatch:
      cloudWatch === undefined
        ? null
        : { group: cloudWatch.logGroupName, streamPrefix: cloudWatch.logStreamNamePrefix ?? "" },
    containers: {
      driver: joinKey(containers, sparkApplicationId, `spark-${run}-driver`),
      submitter: joinKey(containers, `${run}-submitter`),
    },
  };
}
