import assert from "node:assert/strict";
import { test } from "node:test";
import { summariseFailure } from "./failure-summary.ts";

const STARTED = "Spark master: local[1], Application Id: local-1795341367657";
const DONE = "Time taken: 1.49 seconds, Fetched 1 row(s)";
const WARNING = "26/11/22 10:00:41 WARN HiveConf: HiveConf of name hive.stats.jdbc.timeout does not exist";
const ABORTED =
  "Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: java.lang.RuntimeException: böse";

/** Recorded from SparkSQLCLIDriver of Spark 3.5.9, but for their length. */
for (const [name, lines, summary] of [
  ["nothing that failed", [STARTED, DONE], null],
  [
    "an analysis error",
    [
      STARTED,
      WARNING,
      DONE,
      WARNING,
      "[TABLE_OR_VIEW_NOT_FOUND] The table or view `missing_table` cannot be found.",
      "To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.; line 2 pos 17;",
      "'Project ['nope]",
      "+- 'UnresolvedRelation [missing_table], [], false",
    ],
    "[TABLE_OR_VIEW_NOT_FOUND] The table or view `missing_table` cannot be found.",
  ],
  [
    "an analysis error of Spark 3.3",
    [STARTED, "Error in query: Table or view not found: t; line 1 pos 14;"],
    "Table or view not found: t; line 1 pos 14;",
  ],
  [
    "an error while a statement runs, behind what the log says of it",
    [
      STARTED,
      "26/11/22 10:00:36 ERROR Executor: Exception in task 0.0 in stage 0.0 (TID 0)",
      "java.lang.RuntimeException: böse",
      "\tat org.apache.spark.sql.catalyst.expressions.X(Unknown Source)",
      "26/11/22 10:00:36 ERROR TaskSetManager: Task 0 in stage 0.0 failed 1 times; aborting job",
      ABORTED,
      "Driver stacktrace:",
      `org.apache.spark.SparkException: ${ABORTED}`,
      "\tat org.apache.spark.scheduler.DAGScheduler",
    ],
    ABORTED,
  ],
  [
    "a message that begins with an exception's name",
    [
      STARTED,
      "26/11/22 10:00:41 ERROR log: Converting exception to MetaException",
      'org.apache.hadoop.hive.ql.metadata.HiveException: MetaException(message:No FileSystem for scheme "nofs")',
      'org.apache.spark.sql.AnalysisException: org.apache.hadoop.hive.ql.metadata.HiveException: MetaException(message:No FileSystem for scheme "nofs")',
      "\tat org.apache.spark.sql.hive.HiveExternalCatalog",
    ],
    'org.apache.spark.sql.AnalysisException: org.apache.hadoop.hive.ql.metadata.HiveException: MetaException(message:No FileSystem for scheme "nofs")',
  ],
  [
    "a statement of a file that `source` names, which the CLI goes on after",
    [STARTED, "[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 2, pos 0)", DONE, "[A.B_C] second"],
    "[A.B_C] second",
  ],
  [
    "a file that is not there",
    [
      STARTED,
      "26/11/22 09:57:34 ERROR SparkSQLCLIDriver: Could not open input file for reading. (File file:/none.sql does not exist)",
    ],
    "Could not open input file for reading. (File file:/none.sql does not exist)",
  ],
  [
    "an unknown --database",
    [
      'Exception in thread "main" a.NoSuchDatabaseException: [SCHEMA_NOT_FOUND] The schema `d` cannot be found.',
    ],
    "a.NoSuchDatabaseException: [SCHEMA_NOT_FOUND] The schema `d` cannot be found.",
  ],
  [
    "an end whose beginning was cut off",
    ["\tat x.Y", WARNING, "[DIVIDE_BY_ZERO] Division by zero.", "== SQL(line 2, position 8) =="],
    "[DIVIDE_BY_ZERO] Division by zero.",
  ],
  ["a cut end without a message", ["half a line", WARNING], null],
] as const) {
  test(`summary of ${name}`, () => {
    const stderr = `${lines.join("\n")}\n`;
    assert.equal(summariseFailure({ kind: "spark-sql", code: 1, stdout: "", stderr }).summary, summary);
  });
}
