import { invalid } from "../errors.ts";
import { readSparkOptions, type SparkOptions, takesValue } from "./spark-options.ts";

/**
 * The Spark SQL CLI's own options that take a value, by every spelling that its parser knows: commons-cli's GnuParser
 * makes nothing of one dash or two (Hive's OptionsProcessor, docs/sql-distributed-sql-engine-spark-sql-cli.md of Spark).
 */
export const CLI_OPTIONS: Readonly<Record<string, "--database" | "--define" | "--hiveconf" | "--hivevar">> = {
  "-d": "--define",
  "-database": "--database",
  "--database": "--database",
  "-define": "--define",
  "--define": "--define",
  "-hiveconf": "--hiveconf",
  "--hiveconf": "--hiveconf",
  "-hivevar": "--hivevar",
  "--hivevar": "--hivevar",
};

/** Its options that take no value. */
export const CLI_FLAGS = new Set(["-S", "--silent"]);

/** Options that a SQL job cannot have, besides those of spark-submit. */
export const REFUSED_SQL_OPTIONS: Readonly<Record<string, string>> = {
  "-e": "the statements that run are those of entryPoint: put them into its file",
  "-f": "the file that runs is entryPoint",
  "-i": "put its statements at the beginning of the file of entryPoint",
  "--class": "the program that runs is the Spark SQL CLI",
  "-H": "it would print help instead of running the job",
};

export interface SparkSqlOptions extends SparkOptions {
  /** The SQL CLI's own: options in their long form, each before its value. */
  readonly cliOptions: readonly string[];
}

/**
 * Reads the options of the Spark SQL CLI, among which those of spark-submit may stand anywhere (emr-b.md 3.4). Throws a
 * DomainError of kind `invalid` that names the first one that is unknown, incomplete or not allowed here.
 */
export function readSparkSqlOptions(tokens: readonly string[], member: string): SparkSqlOptions {
  const cliOptions: string[] = [];
  const sparkTokens: string[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? "";
    const equals = /^(-[^=]+)=(.*)$/s.exec(token);
    const option = equals?.[1] ?? token;
    const refusal = Object.hasOwn(REFUSED_SQL_OPTIONS, option) ? REFUSED_SQL_OPTIONS[option] : undefined;
    if (refusal !== undefined) throw invalid(`${member}: option ${option} is not supported: ${refusal}.`);
    if (CLI_FLAGS.has(token)) {
      cliOptions.push(token);
      continue;
    }
    const name = Object.hasOwn(CLI_OPTIONS, option) ? CLI_OPTIONS[option] : undefined;
    if (name === undefined) {
      const length = takesValue(token) ? 2 : 1;
      sparkTokens.push(...tokens.slice(index, index + length));
      index += length - 1;
      continue;
    }
    const value = equals?.[2] ?? tokens[index + 1];
    if (equals === null) index += 1;
    if (value === undefined) throw invalid(`${member}: option ${option} needs a value.`);
    // Without one, commons-cli takes whatever stands behind for it.
    if (name !== "--database" && value.indexOf("=") <= 0)
      throw invalid(
        `${member}: option ${option} takes KEY=VALUE; one of them has no key before an equals sign.`,
      );
    cliOptions.push(name, value);
  }
  const positional =
    "the SQL is the file of entryPoint, and variables for it are given by --hivevar KEY=VALUE";
  return { ...readSparkOptions(sparkTokens, member, positional), cliOptions };
}
