import type { RuntimeRequirement, SparkDriverSpec } from "../application/spec.ts";
import { invalid } from "../errors.ts";
import type { JobRunId, VirtualClusterId } from "../ids.ts";
import { readApplicationConfiguration } from "./configuration.ts";
import type { JobDriver, JobRunRequest } from "./job-run.ts";
import { logTargets } from "./log-locations.ts";
import { readEventLogRotation, readLogRotation } from "./log-rotation.ts";
import type { PlannedDriver } from "./planned-driver.ts";
import { executorPodPrefix } from "./pod-names.ts";
import { askedExecutors, askedResources } from "./resources.ts";
import { refuseReservedProperties } from "./spark-options.ts";
import { ignoredProperties } from "./spark-properties.ts";
import { planSparkSql } from "./spark-sql.ts";
import { planSparkSubmit } from "./spark-submit.ts";

export interface Plan {
  readonly spec: SparkDriverSpec;
  /** Why the service accepts the request and then fails the run, in its words; null where it may run. */
  readonly refusal: string | null;
}

export interface PlanInput {
  readonly request: JobRunRequest;
  readonly runtime: RuntimeRequirement;
  readonly cluster: VirtualClusterId;
  /** The EKS cluster behind it. */
  readonly clusterName: string;
  readonly run: JobRunId;
  readonly sparkApplicationId: string;
  /** Executors of a request that says nothing of them; 0 where the driver does their work then. */
  readonly executorsByDefault?: number;
}

/**
 * Turns an accepted StartJobRun into what an engine executes. Throws a DomainError of kind `invalid` that names the
 * member at fault. The order of precedence is emr-b.md B5: what the driver's code sets, then the job driver's parameters,
 * then `applicationConfiguration`, then the release's and Spark's own defaults.
 */
export function planJobRun(input: PlanInput): Plan {
  const { request } = input;
  const driver = planDriver(request.jobDriver, request.releaseLabel);
  const configuration = readApplicationConfiguration(
    request.configurationOverrides?.applicationConfiguration ?? [],
    request.releaseLabel,
  );
  const defaults = configuration.byClassification["spark-defaults"] ?? {};
  refuseReservedProperties(defaults, "configurationOverrides.applicationConfiguration: spark-defaults");
  const properties = { ...defaults, ...driver.properties };
  const notes = [...configuration.notes, ...ignoredProperties(properties)];
  const executors = askedExecutors(properties, input.executorsByDefault);
  const eventLogRotation = readEventLogRotation(properties);
  const monitoring = request.configurationOverrides?.monitoringConfiguration ?? {};
  const { unsupported } = configuration;
  return {
    spec: {
      ...driver.program,
      runtime: input.runtime,
      clusterName: input.clusterName,
      sparkApplicationId: input.sparkApplicationId,
      configuration: configuration.byClassification,
      resources: askedResources(properties, executors),
      ...(executors === null ? {} : { executors }),
      eventLog: monitoring.persistentAppUI !== "DISABLED",
      ...(eventLogRotation === undefined ? {} : { eventLogRotation }),
      logs: logTargets(
        monitoring,
        { ...input, executorPods: executorPodPrefix(driver, properties, input.sparkApplicationId) },
        readLogRotation(monitoring, request.releaseLabel),
      ),
      startTimeoutSeconds: configuration.startTimeoutSeconds,
      ...(notes.length === 0 ? {} : { notes }),
    },
    // emr-b.md 4.2 row 1: the call succeeds and the run fails.
    refusal:
      unsupported === null ? null : `JobRun submission failed. Classification ${unsupported} not supported.`,
  };
}

/** emr-b.md B4. The contract says so already; what is stored and planned must not depend on it. */
function planDriver(jobDriver: JobDriver, releaseLabel: string): PlannedDriver {
  const { sparkSubmitJobDriver: submit, sparkSqlJobDriver: sql } = jobDriver;
  if (submit !== undefined && sql === undefined) return planSparkSubmit(submit);
  if (sql !== undefined && submit === undefined) return planSparkSql(sql, releaseLabel);
  throw invalid("jobDriver must hold exactly one job driver: sparkSubmitJobDriver or sparkSqlJobDriver.");
}
