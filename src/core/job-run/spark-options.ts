import { invalid } from "../errors.ts";
import { propertyRule } from "./spark-properties.ts";

/** Options of spark-submit that take a value (SparkSubmitOptionParser of Spark 3.5), with the property each stands for. */
export const VALUE_OPTIONS: Readonly<Record<string, string | null>> = {
  "--archives": "spark.archives",
  "--class": null,
  "--conf": null,
  "-c": null,
  "--driver-class-path": "spark.driver.extraClassPath",
  "--driver-cores": "spark.driver.cores",
  "--driver-java-options": "spark.driver.extraJavaOptions",
  "--driver-library-path": "spark.driver.extraLibraryPath",
  "--driver-memory": "spark.driver.memory",
  "--exclude-packages": "spark.jars.excludes",
  "--executor-cores": "spark.executor.cores",
  "--executor-memory": "spark.executor.memory",
  "--files": "spark.files",
  "--jars": "spark.jars",
  "--name": "spark.app.name",
  "--num-executors": "spark.executor.instances",
  "--packages": "spark.jars.packages",
  "--properties-file": null,
  "--proxy-user": null,
  "--py-files": "spark.submit.pyFiles",
  "--repositories": "spark.jars.repositories",
  "--total-executor-cores": "spark.cores.max",
};

/** Options that take no value. */
export const FLAG_OPTIONS = new Set(["--verbose", "-v"]);

/** Options that say where Spark runs, which is the service's to say, or that are not a submission at all. */
export const REFUSED_OPTIONS: Readonly<Record<string, string>> = {
  "--master": "the service decides where a job run executes",
  "--deploy-mode": "the service decides where a job run executes",
  "--kill": "cancel a run with CancelJobRun",
  "--status": "read a run with DescribeJobRun",
  "--supervise": "use a retry policy instead",
  "--queue": "it belongs to YARN",
  "--keytab": "Kerberos is not supported",
  "--principal": "Kerberos is not supported",
  "--help": "it would print help instead of running the job",
  "-h": "it would print help instead of running the job",
  "--usage-error": "it would print help instead of running the job",
  "--version": "it would print a version instead of running the job",
};

/** What the options of one submission say, beside their exact text. */
export interface SparkOptions {
  /** The tokens as given, for spark-submit. */
  readonly tokens: readonly string[];
  /** Properties by key; an option such as `--driver-memory` wins over `--conf` of its property, as in SparkSubmit. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Reads spark-submit's options. Throws a DomainError of kind `invalid` that names the first one that is unknown,
 * incomplete or not allowed here; `member` is the request's member that they came from, `positional` says where what is
 * no option belongs.
 */
export function readSparkOptions(
  tokens: readonly string[],
  member: string,
  positional = "arguments of the program belong in entryPointArguments",
): SparkOptions {
  const byConf: Record<string, string> = {};
  const byOption: Record<string, string> = {};
  for (let index = 0; index < tokens.length; index += 1) {
    // spark-submit takes `--option=value` as well as `--option value`.
    const token = tokens[index] ?? "";
    const equals = /^(--[^=]+)=(.*)$/s.exec(token);
    const option = equals?.[1] ?? token;
    const refusal = Object.hasOwn(REFUSED_OPTIONS, option) ? REFUSED_OPTIONS[option] : undefined;
    if (refusal !== undefined) throw invalid(`${member}: option ${option} is not supported: ${refusal}.`);
    if (FLAG_OPTIONS.has(option)) continue;
    if (!Object.hasOwn(VALUE_OPTIONS, option)) {
      throw invalid(
        option.startsWith("-")
          ? `${member}: unknown option ${option}.`
          : `${member}: unexpected argument '${option}': options start with --, ${positional}.`,
      );
    }
    const value = equals?.[2] ?? tokens[index + 1];
    if (equals === null) index += 1;
    if (value === undefined) throw invalid(`${member}: option ${option} needs a value.`);
    if (option === "--conf" || option === "-c") {
      const [key, setting] = readConf(value, member);
      byConf[key] = setting;
    } else {
      const property = VALUE_OPTIONS[option];
      if (property !== null && property !== undefined) byOption[property] = value;
    }
  }
  const properties = { ...byConf, ...byOption };
  refuseReservedProperties(properties, member);
  return { tokens, properties };
}

/** Whether a token is an option of spark-submit whose value is the next token. */
export function takesValue(token: string): boolean {
  return Object.hasOwn(VALUE_OPTIONS, token);
}

/** Throws where properties hold a key, or a value of one, that StartJobRun does not support. */
export function refuseReservedProperties(properties: Readonly<Record<string, string>>, member: string): void {
  for (const [key, value] of Object.entries(properties)) {
    const rule = propertyRule(key);
    if (rule?.outcome === "refused") throw invalid(`${member}: ${key} is not supported: ${rule.reason}.`);
    if (rule?.refusedValues?.test(value) === true)
      throw invalid(`${member}: ${key} is not supported with this value: ${rule.reason}.`);
  }
}

function readConf(text: string, member: string): [key: string, value: string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw invalid(
      `${member}: --conf takes KEY=VALUE; the value of one of them has no key before an equals sign.`,
    );
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
