import { LaunchError } from "../../core/ports/engine.ts";
import type { Properties } from "./properties-file.ts";

/** One option of spark-submit; `value` is null for a switch. */
export interface SubmitOption {
  readonly name: string;
  readonly value: string | null;
}

const SWITCHES = new Set(["--verbose", "-v", "--supervise", "--version", "--help", "-h", "--usage-error"]);

/** Options that stand for a property that more than SparkSubmit has to read. */
const PROPERTY_OF_OPTION: Readonly<Record<string, string>> = {
  "--driver-class-path": "spark.driver.extraClassPath",
  "--driver-java-options": "spark.driver.extraJavaOptions",
  "--driver-library-path": "spark.driver.extraLibraryPath",
};

/**
 * Reads options as `SparkSubmitOptionParser` does. Throws {@link LaunchError} where a value is missing or a token is
 * no option: SparkSubmit would take what we put behind it for the value or for the program.
 */
export function parseSubmitOptions(tokens: readonly string[]): SubmitOption[] {
  const options: SubmitOption[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? "";
    if (SWITCHES.has(token)) {
      options.push({ name: token, value: null });
      continue;
    }
    if (!token.startsWith("-")) {
      throw new LaunchError(`'${token}' is neither an option of spark-submit nor an option's value.`);
    }
    const joined = /^(--[^=]+)=(.+)$/s.exec(token);
    const value = joined?.[2] ?? tokens[index + 1];
    if (joined === null) index += 1;
    if (value === undefined) throw new LaunchError(`Missing argument for option '${token}'.`);
    options.push({ name: joined?.[1] ?? token, value });
  }
  return options;
}

export function formatSubmitOptions(options: readonly SubmitOption[]): string[] {
  return options.flatMap(({ name, value }) => (value === null ? [name] : [name, value]));
}

export function isConf(option: SubmitOption): boolean {
  return option.name === "--conf" || option.name === "-c";
}

/** Key and value of a `--conf`; null for another option, or where it has no `=` (SparkSubmit says so itself). */
export function confOf(option: SubmitOption): [key: string, value: string] | null {
  const at = isConf(option) ? (option.value?.indexOf("=") ?? -1) : -1;
  return at < 0 || option.value === null
    ? null
    : [option.value.slice(0, at).trim(), option.value.slice(at + 1)];
}

/** What SparkSubmit makes of defaults and options: an option wins over `--conf`, `--conf` over the defaults. */
export function effectiveProperties(defaults: Properties, options: readonly SubmitOption[]): Properties {
  const properties: Record<string, string> = { ...defaults };
  for (const option of options) {
    const conf = confOf(option);
    if (conf !== null) properties[conf[0]] = conf[1];
  }
  for (const { name, value } of options) {
    const key = PROPERTY_OF_OPTION[name];
    if (key !== undefined && value !== null) properties[key] = value;
  }
  return properties;
}
