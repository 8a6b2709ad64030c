import { command, flag, list, required, rest, text } from "../../command.ts";
import { runAttached } from "../../emr/attached-run.ts";
import { CONNECTION_OPTIONS, connectLocally, findServer } from "../../emr/connection.ts";
import { DEFAULT_CLUSTER } from "../../emr/lookup.ts";
import { DEFAULT_RELEASE_LABEL } from "../../emr/submission.ts";
import { requireFiles, submit } from "../../emr/submit.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const emrRun = command({
  path: ["emr", "run"],
  summary: "Run a script, JAR or SQL file of yours on Spark, and watch it",
  details: `Needs no preparation: uses the server of the data directory, or starts one for this run; makes the virtual cluster "${DEFAULT_CLUSTER}" and a bucket where they are missing; copies the script and its files into that bucket.

Each --input FILE is copied too, and its s3:// address is added after the script's own arguments, in the order given: the script reads it from sys.argv.

A file named *.sql is run statement by statement by the Spark SQL CLI, which prints the results; it takes no arguments, and reads \${NAME} where --hivevar NAME=VALUE is given.

The script's output goes to stdout, everything else to stderr. Ctrl-C cancels the run; --detach leaves it running. The exit code is 0 when the run COMPLETED and 4 when it did not.`,
  arguments: {
    script: required(
      "script",
      "Python script, JAR or .sql file: a path, or an s3://, local:// or file:// address",
    ),
    args: rest("args...", "arguments of the script; put -- before those that start with a dash"),
  },
  options: {
    input: list("--input <file>", "file to hand to the script"),
    class: text("--class <name>", "main class of a JAR"),
    conf: list("--conf <key=value>", "Spark property"),
    jars: list("--jars <files>", "JARs for the driver's class path, separated by commas"),
    pyFiles: list("--py-files <files>", "Python modules or archives to import from, separated by commas"),
    files: list(
      "--files <files>",
      "files for the job's working directory, under their own names, separated by commas",
    ),
    hivevar: list("--hivevar <name=value>", "variable for a .sql file"),
    database: text("--database <name>", "database that a .sql file starts in"),
    name: text("--name <name>", "name of the run (default: the script's)"),
    releaseLabel: text(
      "--release-label <label>",
      `EMR release, which decides the Spark version (default: ${DEFAULT_RELEASE_LABEL})`,
    ),
    virtualCluster: text(
      "--virtual-cluster <name>",
      `virtual cluster, by name or id (default: ${DEFAULT_CLUSTER})`,
    ),
    executionRole: text("--execution-role <arn>", "role of the run (default: one of the server's account)"),
    logUri: text("--log-uri <uri>", "where the logs go (default: s3://BUCKET/logs/ of the server's account)"),
    detach: flag("--detach", "print the run's id and return at once"),
    verbose: flag("-v, --verbose", "show Spark's own log (the driver's stderr) too"),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel emr run my.py", explanation: "run a script" },
    {
      command: "firesteel emr run my.py --input data.csv",
      explanation: "hand it a file: sys.argv[1] is its s3:// address",
    },
    {
      command: "firesteel emr run query.sql --hivevar day=2026-11-22",
      explanation: "run SQL statements, one of which names the variable day",
    },
    {
      command: "firesteel emr run my.py --conf spark.driver.memory=2g -- --verbose 10",
      explanation: "with more memory, and arguments with dashes",
    },
    {
      command:
        "firesteel emr run local:///usr/lib/spark/examples/jars/spark-examples.jar --class org.apache.spark.examples.SparkPi 100",
      explanation: "run a JAR that the runtime brings",
    },
  ],
  async run(values, context) {
    await requireFiles(values);
    const found = await findServer(values, context);
    if (found !== null) {
      const run = await submit(values, found, context);
      return values.detach ? EXIT_CODES.ok : runAttached(run, found, values, context);
    }
    if (values.detach) {
      throw new CliError("--detach needs a server that stays, and none is running", {
        exitCode: EXIT_CODES.unreachable,
        hint: "Start one in another terminal with `firesteel server`.",
      });
    }
    context.print.note(
      `No server is running: starting one for this run (keep one running with \`firesteel server\`).`,
    );
    // Port 0: the usual port stays free for a server that somebody starts meanwhile.
    const host = context.hostFor({ ...context.settings, "server.port": 0 });
    const server = await host.startServer({ log: () => undefined, announce: null });
    try {
      const local = await connectLocally(server.url, values, context);
      return await runAttached(await submit(values, local, context), local, values, context);
    } finally {
      await server.close();
    }
  },
});
