import type { ApplicationSpec, RuntimeRequirement } from "../application/spec.ts";
import { invalid } from "../errors.ts";
import type { JobRunId, VirtualClusterId } from "../ids.ts";
import { parseS3Uri } from "../s3-uri.ts";
import { readApplicationConfiguration } from "./configuration.ts";
import type { JobRunRequest } from "./job-run.ts";
import { logTargets } from "./log-locations.ts";
import { askedResources } from "./resources.ts";
import { readSparkOptions, refuseReservedProperties } from "./spark-options.ts";
import { tokenise } from "./tokenise.ts";

const PARAMETERS = "jobDriver.sparkSubmitJobDriver.sparkSubmitParameters";
const ENTRY_POINT = "jobDriver.sparkSubmitJobDriver.entryPoint";

export interface Plan {
  readonly spec: ApplicationSpec;
  /** Why the service accepts the request and then fails the run, in its words; null where it may run. */
  readonly refusal: string | null;
}

export interface PlanInput {
  readonly request: JobRunRequest;
  readonly runtime: RuntimeRequirement;
  readonly cluster: VirtualClusterId;
  readonly run: JobRunId;
  readonly sparkApplicationId: string;
}

/**
 * Turns an accepted StartJobRun into what an engine executes. Throws a DomainError of kind `invalid` that names the
 * member at fault. The order of precedence is emr-b.md B5: what the driver's code sets, then `sparkSubmitParameters`,
 * then `applicationConfiguration`, then the release's and Spark's own defaults.
 */
export function planJobRun(input: PlanInput): Plan {
  const { request } = input;
  const driver = request.jobDriver.sparkSubmitJobDriver;
  if (driver === undefined)
    throw invalid("jobDriver must hold exactly one job driver, such as sparkSubmitJobDriver.");
  checkEntryPoint(driver.entryPoint);

  const configuration = readApplicationConfiguration(
    request.configurationOverrides?.applicationConfiguration ?? [],
  );
  const defaults = configuration.byClassification["spark-defaults"] ?? {};
  refuseReservedProperties(defaults, "configurationOverrides.applicationConfiguration: spark-defaults");
  const options = readSparkOptions(tokenise(driver.sparkSubmitParameters ?? "", PARAMETERS), PARAMETERS);

  const monitoring = request.configurationOverrides?.monitoringConfiguration ?? {};
  const { unsupported } = configuration;
  return {
    spec: {
      kind: "spark-submit",
      runtime: input.runtime,
      sparkApplicationId: input.sparkApplicationId,
      entryPoint: driver.entryPoint,
      arguments: driver.entryPointArguments ?? [],
      options: options.tokens,
      configuration: configuration.byClassification,
      resources: askedResources({ ...defaults, ...options.properties }),
      eventLog: monitoring.persistentAppUI !== "DISABLED",
      logs: logTargets(monitoring, input.cluster, input.run, input.sparkApplicationId),
      startTimeoutSeconds: configuration.startTimeoutSeconds,
    },
    // emr-b.md 4.2 row 1: the call succeeds and the run fails.
    refusal:
      unsupported === null ? null : `JobRun submission failed. Classification ${unsupported} not supported.`,
  };
}

function checkEntryPoint(entryPoint: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(entryPoint)?.[1]?.toLowerCase();
  const shape = "give an s3://bucket/key, local:///path or file:///path address";
  if (scheme === undefined) throw invalid(`${ENTRY_POINT}: '${entryPoint}' has no scheme: ${shape}.`);
  if (["s3", "s3a", "s3n"].includes(scheme)) {
    const address = parseS3Uri(entryPoint);
    if (address === null || address.key === "")
      throw invalid(`${ENTRY_POINT}: '${entryPoint}' names no object: ${shape}.`);
    return;
  }
  if (scheme !== "local" && scheme !== "file") {
    throw invalid(`${ENTRY_POINT}: scheme '${scheme}' is not supported: ${shape}.`);
  }
  if (!/^[a-z]+:\/{1,3}[^/]/i.test(entryPoint))
    throw invalid(`${ENTRY_POINT}: '${entryPoint}' names no file: ${shape}.`);
}
