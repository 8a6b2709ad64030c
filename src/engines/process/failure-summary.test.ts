import assert from "node:assert/strict";
import { test } from "node:test";
import { summariseFailure } from "./failure-summary.ts";

const HEADER = "Traceback (most recent call last):";
const FRAME = '  File "/w/job.py", line 3, in <module>\n    import x';

for (const [name, stderr, summary, outOfMemory] of [
  ["nothing", "26/11/22 07:00:00 INFO SparkContext: Running Spark\n", null, false],
  [
    "a Java exception in main",
    'Exception in thread "main" java.lang.IllegalStateException: no luck: today\n\tat A.main(A.java:1)\nCaused by: java.io.IOException: disk',
    "java.lang.IllegalStateException: no luck: today",
    false,
  ],
  ["a Java exception without a message", 'Exception in thread "main" a.B$C\n', "a.B$C", false],
  [
    "main before other threads",
    'Exception in thread "main" a.B: x\nException in thread "worker-1" c.D: y\n',
    "a.B: x",
    false,
  ],
  [
    "a Python error",
    `${HEADER}\n${FRAME}\nModuleNotFoundError: No module named 'x'\n26/11/22 INFO ShutdownHookManager: called`,
    "ModuleNotFoundError: No module named 'x'",
    false,
  ],
  [
    "the last of two tracebacks",
    `${HEADER}\n${FRAME}\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\n${HEADER}\n${FRAME}\nValueError: 2\n`,
    "ValueError: 2",
    false,
  ],
  [
    "a traceback inside a log line does not count",
    `26/11/22 ERROR Executor: PythonException: ${HEADER}\nfoo\nException in thread "main" a.B: c`,
    "a.B: c",
    false,
  ],
  [
    "the Java exception behind Py4J's",
    `${HEADER}\n${FRAME}\npy4j.protocol.Py4JJavaError: An error occurred while calling o1.count.\n: org.apache.spark.SparkException: Job aborted\n\tat x`,
    "py4j.protocol.Py4JJavaError: An error occurred while calling o1.count.: org.apache.spark.SparkException: Job aborted",
    false,
  ],
  ["a traceback that was cut off", `${HEADER}\n${FRAME}`, null, false],
  [
    "a file that does not compile",
    '  File "/w/job.py", line 1\n    def (:\n        ^\nSyntaxError: invalid syntax\n',
    "SyntaxError: invalid syntax",
    false,
  ],
  [
    "SparkSubmit's own error",
    "26/11/22 07:00:00 ERROR SparkSubmit: Failed to load class com.x.Main.\n",
    "Failed to load class com.x.Main.",
    false,
  ],
  ["SparkSubmit's plain error", "Error: Unrecognized option: --x\n", "Unrecognized option: --x", false],
  [
    "a JVM that does not start",
    "Unrecognized VM option 'Foo'\nError: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred. Program will exit.\n",
    "Unrecognized VM option 'Foo'",
    false,
  ],
  [
    "no more heap",
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\n',
    "java.lang.OutOfMemoryError: Java heap space",
    true,
  ],
  [
    "no more heap in another thread",
    'Exception in thread "dag-scheduler" java.lang.OutOfMemoryError: Java heap space\nException in thread "main" a.B: stopped\n',
    "a.B: stopped",
    true,
  ],
  [
    "a survived shortage in a log line",
    '26/11/22 WARN X: java.lang.OutOfMemoryError\nException in thread "main" a.B: c',
    "a.B: c",
    false,
  ],
] as const) {
  test(`summary of ${name}`, () => {
    assert.deepEqual(summariseFailure({ kind: "spark-submit", code: 1, stdout: "", stderr }), {
      summary,
      outOfMemory,
    });
  });
}

test("a Python program's errors are on stdout", () => {
  const stdout = `started\n${HEADER}\n${FRAME}\nValueError: 2\n`;
  assert.equal(
    summariseFailure({ kind: "spark-submit", code: 1, stdout, stderr: "26/11/22 INFO x: y\n" }).summary,
    "ValueError: 2",
  );
});

test("a program that chose its exit code did not end by an earlier traceback", () => {
  const stdout = `${HEADER}\n${FRAME}\nValueError: survived\n`;
  assert.equal(summariseFailure({ kind: "spark-submit", code: 3, stdout, stderr: "" }).summary, null);
});
