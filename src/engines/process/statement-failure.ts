/** What the Spark SQL CLI prints before its first statement, and after each that succeeded. */
const STATEMENT_START = /^(?:Spark master: |Time taken: )/;
const LOG_LINE = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d [A-Z]+ /;
/** An exception as Java prints it, such as log4j's behind a log line. */
const EXCEPTION = /^(?:[\w$]+\.)+[\w$]+(?:: |$)/;
const STACK = /^(?:\s|Caused by: )/;
/** Spark's error classes begin a message (3.3 and later). */
const ERROR_CLASS = /^\[[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*\] /;
/** Written where the file of statements cannot be read. */
const CLI_ERROR = /\bERROR SparkSQLCLIDriver: (.+)$/;

/**
 * First line of what ended a file of statements, which SparkSQLCLIDriver prints to stderr among the lines of Spark's
 * log; null where no statement has failed.
 */
export function statementFailure(lines: readonly string[]): string | null {
  const start = lines.findLastIndex((line) => STATEMENT_START.test(line));
  if (start < 0) return lines.findLast((line) => ERROR_CLASS.test(line)) ?? null;
  const last = lines.slice(start + 1);
  const printed = withoutLog(last);
  const failure = printed.find((line) => ERROR_CLASS.test(line)) ?? printed[0];
  // Spark 3.3 and earlier put this in front of an analysis error.
  if (failure !== undefined) return failure.replace(/^Error in query: /, "");
  const cliError = last.map((line) => CLI_ERROR.exec(line)?.[1]).findLast((said) => said !== undefined);
  // A message that begins with an exception's name looks like part of the log above it.
  return cliError ?? last.findLast((line) => EXCEPTION.test(line)) ?? null;
}

/** The lines that are neither the log's nor a stack trace's below one of the log's. */
function withoutLog(lines: readonly string[]): string[] {
  const printed: string[] = [];
  let inLog = false;
  for (const line of lines) {
    if (LOG_LINE.test(line)) inLog = true;
    else if (inLog && (EXCEPTION.test(line) || STACK.test(line))) continue;
    else if (line !== "") {
      inLog = false;
      printed.push(line);
    }
  }
  return printed;
}
