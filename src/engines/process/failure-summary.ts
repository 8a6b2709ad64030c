import type { ApplicationKind } from "../../core/application/spec.ts";
import { statementFailure } from "./statement-failure.ts";

/** How much of the end of each stream is searched. */
export const SUMMARY_TAIL_BYTES = 256 * 1024;

const TRACEBACK = "Traceback (most recent call last):";
const MAIN_EXCEPTION = /^Exception in thread "main" (.+)$/;
const THREAD_EXCEPTION = /^Exception in thread "[^"]*" (.+)$/;
/** What SparkSubmit logs of a failed submission, with Spark's layout around it or as Spark 2 printed it. */
const SPARK_SUBMIT_ERROR = /(?:\b(?:ERROR|FATAL) SparkSubmit: |^Error: )(.+)$/;
/** The line that Java prints behind its reason. */
const NO_JVM = "Error: Could not create the Java Virtual Machine.";
const OUT_OF_MEMORY = /\bjava\.lang\.OutOfMemoryError\b/;

export interface FailureSummary {
  /** First line of the exception that ended the driver; null where its output names none. */
  readonly summary: string | null;
  /** Whether the driver says that it ran out of heap. */
  readonly outOfMemory: boolean;
}

export interface DriverOutput {
  readonly kind: ApplicationKind;
  readonly code: number | null;
  /** The ends of the streams. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Finds what ended a driver in the end of its output. A Python program's errors are on the driver's *stdout*, where
 * SparkSubmit leads all of its output (`PythonRunner`, Spark 3.5); an error that Python itself reports ends it with
 * code 1, so with any other code an earlier traceback is not the reason. The last of a kind counts, since programs
 * survive earlier ones.
 */
export function summariseFailure(output: DriverOutput): FailureSummary {
  const lines = splitLines(output.stderr);
  const summary =
    (output.kind === "spark-submit" ? pythonError(output, lines) : null) ??
    lastMatch(lines, MAIN_EXCEPTION) ??
    (output.kind === "spark-sql" ? statementFailure(lines) : null) ??
    lastMatch(lines, THREAD_EXCEPTION) ??
    jvmRefusal(lines) ??
    lastMatch(lines, SPARK_SUBMIT_ERROR);
  const outOfMemory = lines.some(
    (line) =>
      OUT_OF_MEMORY.test(line) &&
      (THREAD_EXCEPTION.test(line) || /^(?:Exception|Terminating due to)\b/.test(line)),
  );
  return { summary, outOfMemory: outOfMemory || OUT_OF_MEMORY.test(summary ?? "") };
}

function pythonError({ code, stdout }: DriverOutput, stderrLines: readonly string[]): string | null {
  return code === 1 ? (lastPythonError(splitLines(stdout)) ?? lastPythonError(stderrLines)) : null;
}

function splitLines(text: string): string[] {
  return text.split(/\r?\n/);
}

/** The exception's line of the last traceback that starts at column 0: the first unindented line behind its frames. */
function lastPythonError(lines: readonly string[]): string | null {
  const start = lines.lastIndexOf(TRACEBACK);
  if (start < 0) return lastSyntaxError(lines);
  const at = lines.findIndex((line, index) => index > start && line !== "" && !/^\s/.test(line));
  const line = lines[at];
  if (line === undefined) return null;
  // Py4J puts the Java exception, which is what happened, on the next line behind a colon.
  const java = lines[at + 1];
  return line.startsWith("py4j.protocol.Py4JJavaError:") && java?.startsWith(": ") ? `${line}${java}` : line;
}

/** Python prints no traceback header for a file that does not compile. */
function lastSyntaxError(lines: readonly string[]): string | null {
  const frame = lines.findLastIndex((line) => /^ {2}File "[^"]+", line \d+$/.test(line));
  if (frame < 0) return null;
  const behind = lines.slice(frame + 1, frame + 5);
  return behind.find((line) => /^(?:Syntax|Indentation|Tab)Error: /.test(line)) ?? null;
}

function jvmRefusal(lines: readonly string[]): string | null {
  const at = lines.indexOf(NO_JVM);
  return (
    lines.slice(0, Math.max(at, 0)).findLast((line) => line !== "" && !line.startsWith("Error: ")) ?? null
  );
}

function lastMatch(lines: readonly string[], pattern: RegExp): string | null {
  return lines.map((line) => pattern.exec(line)?.[1]).findLast((match) => match !== undefined) ?? null;
}
