import type { SparkDriverSpec } from "../application/spec.ts";
import { invalid } from "../errors.ts";
import type { JobRunId } from "../ids.ts";
import type { PlannedDriver } from "./planned-driver.ts";

const PREFIX_PROPERTY = "spark.kubernetes.executor.podNamePrefix";
/** A DNS label; with a number behind it, it must still be a file name. */
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,198}[a-z0-9])?$/;
const LONGEST_NAME = 200;
/** What Kubernetes draws the ends of generated names from (apimachinery, `util/rand`): no vowels, nothing that looks alike. */
const POD_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const POD_CHARACTERS = 5;
const UNIQUE_CHARACTERS = 16;

/**
 * The submitter's pod is that of a Kubernetes job with the run's name, such as `000000037b4uegnu8q5-vwtjf` (a pod shown
 * in apache/airflow#64817). The five characters follow from the application's id.
 */
export function submitterPodName(run: JobRunId, sparkApplicationId: string): string {
  const digits = sparkApplicationId.slice(-2 * POD_CHARACTERS);
  let characters = "";
  for (let index = 0; index < POD_CHARACTERS; index += 1) {
    const value = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
    characters += POD_ALPHABET.charAt((Number.isNaN(value) ? index : value) % POD_ALPHABET.length);
  }
  return `${run}-${characters}`;
}

/**
 * What comes before the number in executors' pod names, as Spark on Kubernetes makes it of the application's name and 16
 * digits (Spark 3.5, `KubernetesConf.getResourceNamePrefix` and `BasicExecutorFeatureStep`). The name is the one that
 * SparkSubmit gives: what a program calls itself later is not known yet. Throws a DomainError of kind `invalid` for a
 * prefix of the user's that no pod can have.
 */
export function executorPodPrefix(
  driver: PlannedDriver,
  properties: Readonly<Record<string, string>>,
  sparkApplicationId: string,
): string {
  const given = properties[PREFIX_PROPERTY];
  if (given !== undefined) {
    if (PREFIX.test(given)) return `${given}-exec-`;
    throw invalid(`${PREFIX_PROPERTY} must be lower-case letters, digits and hyphens, not '${given}'.`);
  }
  const name = properties["spark.app.name"] ?? programName(driver.program);
  const unique = sparkApplicationId.slice(-UNIQUE_CHARACTERS);
  const prefix = `${name.trim().slice(0, LONGEST_NAME)}-${unique}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .replace(/^[0-9]/, "x");
  return `${prefix}-exec-`;
}

/** SparkSubmit calls an application after its main class, else after its file. */
function programName({
  kind,
  entryPoint,
  options,
}: Pick<SparkDriverSpec, "kind" | "entryPoint" | "options">): string {
  if (kind === "spark-sql") return "spark-sql";
  const joined = options.findLast((option) => option.startsWith("--class="));
  const at = options.lastIndexOf("--class");
  const mainClass = at < 0 ? joined?.slice("--class=".length) : options[at + 1];
  return mainClass ?? entryPoint.split("/").at(-1) ?? entryPoint;
}
