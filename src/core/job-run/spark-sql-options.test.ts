import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DomainError } from "../errors.ts";
import { readSparkSqlOptions } from "./spark-sql-options.ts";
import { tokenise } from "./tokenise.ts";

const MEMBER = "jobDriver.sparkSqlJobDriver.sparkSqlParameters";
const read = (parameters: string) => readSparkSqlOptions(tokenise(parameters, MEMBER), MEMBER);

describe("options of a SQL job", () => {
  /** Every option of emr-b.md 3.4 that is spark-submit's, with the property it stands for. */
  const SPARK_OPTIONS: readonly [option: string, value: string, property: string | null][] = [
    ["--name", "n", "spark.app.name"],
    ["--jars", "s3://b/a.jar,s3://b/b.jar", "spark.jars"],
    ["--packages", "g:a:1", "spark.jars.packages"],
    ["--exclude-packages", "g:b", "spark.jars.excludes"],
    ["--repositories", "https://r", "spark.jars.repositories"],
    ["--files", "s3://b/f", "spark.files"],
    ["--conf", "spark.x=1", null],
    ["--properties-file", "file:///p.conf", null],
    ["--driver-memory", "2g", "spark.driver.memory"],
    ["--driver-java-options", "-Dx=1", "spark.driver.extraJavaOptions"],
    ["--driver-library-path", "/l", "spark.driver.extraLibraryPath"],
    ["--driver-class-path", "/c/*", "spark.driver.extraClassPath"],
    ["--executor-memory", "3g", "spark.executor.memory"],
    ["--driver-cores", "2", "spark.driver.cores"],
    ["--total-executor-cores", "8", "spark.cores.max"],
    ["--executor-cores", "4", "spark.executor.cores"],
    ["--num-executors", "2", "spark.executor.instances"],
  ];
  for (const [option, value, property] of SPARK_OPTIONS) {
    it(`gives ${option} to spark-submit, wherever it stands`, () => {
      const { tokens, properties, cliOptions } = read(`-hivevar A=B ${option} ${value} --database d`);
      assert.deepEqual(tokens, [option, value]);
      assert.deepEqual(cliOptions, ["--hivevar", "A=B", "--database", "d"]);
      assert.deepEqual(
        properties,
        property === null ? (option === "--conf" ? { "spark.x": "1" } : {}) : { [property]: value },
      );
    });
  }

  it("gives the CLI its own options in one form, in their order", () => {
    const { cliOptions, tokens } = read(
      `-hivevar A=B --hivevar "greeting=good  day" -hiveconf=hive.x=y --hiveconf a.b= -d C=D=E --define=F=G -S --database d`,
    );
    assert.deepEqual(tokens, []);
    assert.deepEqual(cliOptions, [
      ...[
        "--hivevar",
        "A=B",
        "--hivevar",
        "greeting=good  day",
        "--hiveconf",
        "hive.x=y",
        "--hiveconf",
        "a.b=",
      ],
      ...["--define", "C=D=E", "--define", "F=G", "-S", "--database", "d"],
    ]);
  });

  it("takes a value for what it is, also one that looks like an option", () => {
    const { tokens, cliOptions } = read(
      "--name -e --driver-java-options '-Dx=-hivevar' --hivevar e=-f --conf=spark.y=-i",
    );
    assert.deepEqual(tokens, ["--name", "-e", "--driver-java-options", "-Dx=-hivevar", "--conf=spark.y=-i"]);
    assert.deepEqual(cliOptions, ["--hivevar", "e=-f"]);
  });

  const refusals: readonly [parameters: string, message: string][] = [
    [
      "-e 'select 1'",
      "option -e is not supported: the statements that run are those of entryPoint: put them into its file.",
    ],
    ["--hivevar A=B -f q.sql", "option -f is not supported: the file that runs is entryPoint."],
    [
      "-i init.sql",
      "option -i is not supported: put its statements at the beginning of the file of entryPoint.",
    ],
    ["--class a.B", "option --class is not supported: the program that runs is the Spark SQL CLI."],
    ["--class=a.B", "option --class is not supported: the program that runs is the Spark SQL CLI."],
    ["-H", "option -H is not supported: it would print help instead of running the job."],
    ["--master yarn", "option --master is not supported: the service decides where a job run executes."],
    ["--nonsense 1", "unknown option --nonsense."],
    [
      "query.sql",
      "unexpected argument 'query.sql': options start with --, the SQL is the file of entryPoint, and variables for it are given by --hivevar KEY=VALUE.",
    ],
    ["-hivevar", "option -hivevar needs a value."],
    ["--database", "option --database needs a value."],
    ["--name", "option --name needs a value."],
    ["-hivevar A -S", "option -hivevar takes KEY=VALUE; one of them has no key before an equals sign."],
    ["--hiveconf =x", "option --hiveconf takes KEY=VALUE; one of them has no key before an equals sign."],
    [
      "--conf spark.master=local",
      "spark.master is not supported: the service decides where a job run executes.",
    ],
  ];
  for (const [parameters, message] of refusals) {
    it(`refuses ${parameters}`, () => {
      assert.throws(
        () => read(parameters),
        (error) => {
          assert.ok(error instanceof DomainError);
          assert.equal(error.kind, "invalid");
          assert.match(error.message, /^jobDriver\.sparkSqlJobDriver\.sparkSqlParameters: /);
          assert.equal(error.message.slice(MEMBER.length + 2), message);
          return true;
        },
      );
    });
  }
});
