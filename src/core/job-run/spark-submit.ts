import { checkEntryPoint } from "./entry-point.ts";
import type { SparkSubmitJobDriver } from "./job-run.ts";
import type { PlannedDriver } from "./planned-driver.ts";
import { readSparkOptions } from "./spark-options.ts";
import { tokenise } from "./tokenise.ts";

const MEMBER = "jobDriver.sparkSubmitJobDriver";
const PARAMETERS = `${MEMBER}.sparkSubmitParameters`;

/** Throws a DomainError of kind `invalid` that names the member at fault. */
export function planSparkSubmit(driver: SparkSubmitJobDriver): PlannedDriver {
  checkEntryPoint(driver.entryPoint, `${MEMBER}.entryPoint`);
  const options = readSparkOptions(tokenise(driver.sparkSubmitParameters ?? "", PARAMETERS), PARAMETERS);
  return {
    program: {
      kind: "spark-submit",
      entryPoint: driver.entryPoint,
      arguments: driver.entryPointArguments ?? [],
      options: options.tokens,
    },
    properties: options.properties,
  };
}
