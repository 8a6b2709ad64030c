import { invalid } from "../errors.ts";
import { isBefore, releaseOf } from "./classifications.ts";
import { checkEntryPoint } from "./entry-point.ts";
import type { SparkSqlJobDriver } from "./job-run.ts";
import type { PlannedDriver } from "./planned-driver.ts";
import { readSparkSqlOptions } from "./spark-sql-options.ts";
import { tokenise } from "./tokenise.ts";

const MEMBER = "jobDriver.sparkSqlJobDriver";
const PARAMETERS = `${MEMBER}.sparkSqlParameters`;

/** emr-b.md 1.3 and 3.4: SQL jobs came with 6.7.0. */
const FIRST_RELEASE = [6, 7] as const;

/** Throws a DomainError of kind `invalid` that names the member at fault. */
export function planSparkSql(driver: SparkSqlJobDriver, releaseLabel: string): PlannedDriver {
  refuseOldRelease(releaseLabel);
  checkEntryPoint(driver.entryPoint, `${MEMBER}.entryPoint`);
  const options = readSparkSqlOptions(tokenise(driver.sparkSqlParameters ?? "", PARAMETERS), PARAMETERS);
  return {
    program: {
      kind: "spark-sql",
      entryPoint: driver.entryPoint,
      cliOptions: options.cliOptions,
      options: options.tokens,
    },
    properties: options.properties,
  };
}

/** The guide names the release and prints no error; these words are ours. */
function refuseOldRelease(label: string): void {
  if (!isBefore(releaseOf(label), FIRST_RELEASE)) return;
  const [firstMajor, firstMinor] = FIRST_RELEASE;
  throw invalid(
    `${MEMBER} is not supported by release ${label}: use emr-${firstMajor}.${firstMinor}.0 or later, or sparkSubmitJobDriver.`,
  );
}
