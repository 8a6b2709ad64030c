import assert from "node:assert/strict";
import { test } from "node:test";
import { launchRequest, sqlRequest } from "../../../test/support/launch-request.ts";
import type { ApplicationSpec, SparkDriverSpec } from "../../core/application/spec.ts";
import { applicationId } from "../../core/ids.ts";
import { LaunchError, type LaunchRequest } from "../../core/ports/engine.ts";
import type { CommandSettings } from "./driver-command.ts";
import { parseProperties } from "./properties-file.ts";
import { buildSparkCommand } from "./spark-command.ts";

const SETTINGS: CommandSettings = {
  instance: "/data",
  user: "ann",
  buckets: { root: "/data/buckets", samples: "/samples" },
  helperJars: ["/helper.jar"],
  fileRoots: [],
  passEnvironment: { HTTPS_PROXY: "http://proxy" },
  classArchive: null,
  addedFilesScript: "/drivers/added_files.py",
  platform: "linux",
  ui: null,
};

function build(
  patch: Partial<ApplicationSpec<"spark-submit">> = {},
  settings: Partial<CommandSettings> = {},
) {
  const request = launchRequest(applicationId("run-1"), { entryPoint: "s3://b/job.py", ...patch });
  return buildFor(request, request.spec, settings);
}

function buildFor(
  request: LaunchRequest,
  spec: SparkDriverSpec,
  settings: Partial<CommandSettings> = {},
  sparkVersion = "3.5.9",
) {
  return buildSparkCommand({
    request,
    spec,
    runtime: {
      name: `spark-${sparkVersion}`,
      sparkVersion,
      sparkHome: "/spark",
      javaHome: "/java",
      javaVersion: 17,
      python: "/venv/bin/python3",
    },
    runDirectory: "/runs/run-1",
    settings: { ...SETTINGS, ...settings },
  });
}

/** The part of the command behind the main class. */
function submitted(argv: readonly string[]): readonly string[] {
  return argv.slice(argv.indexOf("org.apache.spark.deploy.SparkSubmit") + 1);
}

test("the command is the one that Spark's launcher builds", () => {
  const { argv } = build({ options: ["--class", "a.B"], arguments: ["one", "--two", "three four"] });
  assert.deepEqual(argv.slice(0, 5), [
    "/java/bin/java",
    "-cp",
    "/runs/run-1/conf/:/helper.jar:/spark/jars/*",
    "-Xmx1024m",
    "-Djava.io.tmpdir=/runs/run-1/tmp",
  ]);
  assert.ok(argv.includes("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"));
  assert.ok(argv.includes("-Djdk.reflect.useDirectMethodHandle=false"));
  assert.deepEqual(submitted(argv), [
    "--class",
    "a.B",
    "--master",
    "local[2]",
    "--deploy-mode",
    "client",
    "s3://b/job.py",
    "one",
    "--two",
    "three four",
  ]);
});

test("a SQL application is what bin/spark-sql submits, with its file behind its options", () => {
  const request = sqlRequest(applicationId("run-1"), {
    entryPoint: "s3://b/query.sql",
    options: ["--conf", "spark.a=1", "--class", "a.B"],
    cliOptions: ["--hivevar", "A=B", "--database", "d"],
  });
  const { argv, log } = buildFor(request, request.spec);
  assert.deepEqual(submitted(argv), [
    "--conf",
    "spark.a=1",
    "--class",
    "a.B",
    "--master",
    "local[2]",
    "--deploy-mode",
    "client",
    "--class",
    "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
    "spark-internal",
    "--hivevar",
    "A=B",
    "--database",
    "d",
    "-f",
    "s3://b/query.sql",
  ]);
  assert.ok(
    log.includes("SQL: s3://b/query.sql, options of its CLI: --hivevar A=B --database d"),
    log.join("\n"),
  );
});

test("the driver's own options reach the JVM, an option before --conf before spark-defaults", () => {
  const { argv, env } = build({
    options: ["--driver-java-options", "-Da='b c'", "--conf", "spark.driver.extraClassPath=/conf/*"],
    configuration: {
      "spark-defaults": {
        "spark.driver.defaultJavaOptions": "-Dz=1",
        "spark.driver.extraJavaOptions": "-Dlost=1",
        "spark.driver.extraClassPath": "/lost",
        "spark.driver.extraLibraryPath": "/native",
      },
      "spark-env": { SPARK_SUBMIT_OPTS: "-Dfirst=1", HADOOP_CONF_DIR: "/etc/hadoop" },
    },
  });
  assert.equal(argv[2], "/conf/*:/runs/run-1/conf/:/helper.jar:/spark/jars/*:/etc/hadoop");
  assert.deepEqual(
    argv
      .slice(0, argv.indexOf("-XX:+IgnoreUnrecognizedVMOptions"))
      .filter((argument) => /^-D(?!java)/.test(argument)),
    ["-Dlog4j2.disableJmx=true", "-Dfirst=1", "-Dz=1", "-Da=b c"],
  );
  assert.equal(env.LD_LIBRARY_PATH, "/native");
});

test("a Python program in a bucket is named with its place among the arguments", () => {
  const { argv, staged } = build({
    entryPoint: "s3://bucket/job.py",
    arguments: ["s3://bucket/job.py", "x"],
  });
  assert.equal(argv[staged?.argument ?? -1], "s3://bucket/job.py");
  assert.equal(staged?.argument, argv.length - 3);
  assert.equal(build({ entryPoint: "s3://bucket/app.jar" }).staged, undefined);
});

test("a class archive needs its class path in front", () => {
  const { argv } = build({}, { classArchive: "/cache/spark.jsa" });
  assert.equal(argv[2], "/helper.jar:/spark/jars/*:/runs/run-1/conf/");
  assert.ok(argv.includes("-XX:SharedArchiveFile=/cache/spark.jsa"));
  assert.ok(argv.includes("-Xshare:auto"));
});

test("a heap size among the Java options is refused as Spark's launcher refuses it", () => {
  assert.throws(
    () => build({ options: ["--driver-java-options", "-Xmx9g"] }),
    (error) => {
      assert.ok(error instanceof LaunchError);
      assert.match(
        error.message,
        /^Not allowed to specify max heap\(Xmx\) memory settings through java options \(spark\.driver\.\w+\)/,
      );
      return true;
    },
  );
});

for (const name of ["_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"]) {
  test(`${name}, which could change the granted heap, is refused`, () => {
    assert.throws(
      () => build({ configuration: { "spark-env": { [name]: "-Xmx9g" } } }),
      (error) => error instanceof LaunchError && error.message.includes(name),
    );
  });
}

test("the environment is made from nothing, and the user's variables count except for the runtime's", () => {
  const { env, log } = build({
    options: [
      "--conf",
      "spark.kubernetes.driverEnv.MODE=blue",
      "--conf",
      "spark.kubernetes.driverEnv.TEAM=a",
    ],
    configuration: { "spark-env": { TEAM: "b", SPARK_HOME: "/mine", PYSPARK_PYTHON: "/my/python" } },
  });
  assert.deepEqual(env, {
    PATH: "/venv/bin:/java/bin:/usr/bin:/bin",
    LANG: "C.UTF-8",
    HOME: "/runs/run-1/home",
    TMPDIR: "/runs/run-1/tmp",
    USER: "ann",
    SPARK_USER: "ann",
    HADOOP_CONF_DIR: "/runs/run-1/conf",
    SPARK_CONF_DIR: "/runs/run-1/conf",
    SPARK_HOME: "/spark",
    SPARK_LOCAL_IP: "127.0.0.1",
    JAVA_HOME: "/java",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    PYTHONHASHSEED: "0",
    PYSPARK_PYTHON: "/my/python",
    HTTPS_PROXY: "http://proxy",
    FIRESTEEL_INSTANCE: "/data",
    FIRESTEEL_APPLICATION: "run-1",
    FIRESTEEL_ATTEMPT: "run-1",
    MODE: "blue",
    TEAM: "b",
  });
  assert.ok(log.includes("spark-env: SPARK_HOME is left out: the runtime decides it"));
});

test("a variable that no environment can hold is refused by name", () => {
  assert.throws(
    () => build({ configuration: { "spark-env": { "A=B": "c" } } }),
    /spark-env: 'A=B' cannot be/,
  );
});

test("a driver that adds files starts with what puts them into its working directory", () => {
  const { argv, staged, files, addsFiles, log } = build({
    entryPoint: "s3://lake/job.py",
    options: ["--files=s3://lake/f.txt"],
    configuration: { "spark-defaults": { "spark.archives": "s3://lake/a.zip#a" } },
  });
  assert.deepEqual(argv.slice(0, 9), [
    ...["/venv/bin/python3", "-I", "-S", "-B", "-X", "utf8"],
    ...["/drivers/added_files.py", "/runs/run-1/conf/added-files.json", "/java/bin/java"],
  ]);
  assert.match(argv[10] ?? "", /:\/runs\/run-1\/work\/$/);
  assert.equal(argv[staged?.argument ?? -1], "s3://lake/job.py");
  const added = JSON.parse(files["conf/added-files.json"] ?? "");
  assert.deepEqual(
    added.map(({ name }: { readonly name: string }) => name),
    ["f.txt", "a"],
  );
  assert.equal(addsFiles, true);
  assert.ok(log.includes("--files: in the driver's working directory: f.txt"));
  assert.deepEqual(
    [build({}).addsFiles, Object.keys(build({}).files).includes("conf/added-files.json")],
    [false, false],
  );
});

test("spark-defaults lie over the release's defaults", () => {
  const { files } = build({
    eventLog: true,
    configuration: { "spark-defaults": { "spark.ui.port": "4040", "spark.app.name": "größe = 1" } },
  });
  assert.deepEqual(parseProperties(files["conf/spark-defaults.conf"] ?? ""), {
    "spark.app.id": "spark-run-1",
    "spark.app.name": "größe = 1",
    "spark.authenticate": "true",
    "spark.ui.enabled": "false",
    "spark.ui.killEnabled": "false",
    "spark.ui.port": "4040",
    "spark.eventLog.enabled": "true",
    "spark.eventLog.dir": "file:///runs/run-1/event-logs",
  });
});

test("each classification becomes the file that the driver reads", () => {
  const { argv, files, log } = build({
    notes: ["spark.kubernetes.driver.label.team: no effect here"],
    configuration: {
      "core-site": { "fs.trash.interval": "1<2" },
      "hive-site": { a: "1", b: "1" },
      "spark-hive-site": { b: "2" },
      "spark-log4j": { "log4j.rootCategory": "WARN, console" },
      "spark-log4j2": { "rootLogger.level": "warn" },
      "spark-metrics": { "*.sink": "console" },
    },
  });
  assert.match(files["conf/core-site.xml"] ?? "", /<name>fs\.trash\.interval<\/name><value>1&#60;2<\/value>/);
  assert.match(
    files["conf/core-site.xml"] ?? "",
    /<name>fs\.s3\.impl<\/name><value>firesteel\.hadoop\.BucketFileSystem</,
  );
  assert.match(
    files["conf/core-site.xml"] ?? "",
    /<name>firesteel\.buckets\.root<\/name><value>\/data\/buckets</,
  );
  assert.match(files["conf/hive-site.xml"] ?? "", /<name>b<\/name><value>2</);
  const log4j = parseProperties(files["conf/log4j.properties"] ?? "");
  assert.equal(log4j["log4j.rootCategory"], "WARN, console");
  assert.equal(log4j["log4j.appender.console"], "org.apache.log4j.ConsoleAppender");
  assert.ok(argv.includes("-Dlog4j1.compatibility=true"));
  assert.ok(argv.includes("-Dlog4j.configuration=file:///runs/run-1/conf/log4j.properties"));
  assert.equal(files["conf/metrics.properties"], "*.sink=console\n");
  const log4j2 = parseProperties(files["conf/log4j2.properties"] ?? "");
  assert.equal(log4j2["rootLogger.level"], "warn");
  assert.equal(log4j2["appender.console.target"], "SYSTEM_ERR");
  assert.ok(log.includes("spark.kubernetes.driver.label.team: no effect here"));
});

test("s3:// stays with this server's buckets, and the log says what was left out", () => {
  const { argv, files, log } = build({
    options: [
      "--conf",
      "spark.hadoop.fs.s3.impl=com.amazon.ws.emr.hadoop.fs.EmrFileSystem",
      "--conf",
      "spark.a=1",
    ],
    configuration: {
      "core-site": { "fs.s3a.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem" },
      "spark-defaults": { "spark.hadoop.firesteel.buckets.root": "/" },
    },
  });
  assert.deepEqual(submitted(argv).slice(0, 2), ["--conf", "spark.a=1"]);
  assert.ok(!(files["conf/core-site.xml"] ?? "").includes("S3AFileSystem"));
  assert.ok(!(files["conf/spark-defaults.conf"] ?? "").includes("buckets.root"));
  assert.equal(log.filter((line) => line.includes("this server's buckets")).length, 3);
});

test("without the bucket file system nothing of s3:// is touched", () => {
  const { argv, files } = build(
    { options: ["--conf", "spark.hadoop.fs.s3.impl=x.Y"] },
    { buckets: null, helperJars: [] },
  );
  assert.equal(argv[2], "/runs/run-1/conf/:/spark/jars/*");
  assert.ok(argv.includes("spark.hadoop.fs.s3.impl=x.Y"));
  assert.ok(!(files["conf/core-site.xml"] ?? "").includes("fs.s3"));
});

test("the log holds no secret", () => {
  const { log } = build({
    options: ["--conf", "spark.x.password=hunter2", "--driver-java-options", "-Dtoken=hunter2"],
    arguments: ["hunter2"],
    configuration: { "spark-env": { SPARK_SUBMIT_OPTS: "-Dmy.secret=hunter2", NAME: "hunter2" } },
  });
  assert.ok(!log.join("\n").includes("hunter2"), log.join("\n"));
});

test("the log says which Spark stands in for the one that was asked for", () => {
  const request = launchRequest(applicationId("run-1"), { entryPoint: "s3://b/job.py" });
  const substitution = "Spark 3.5.9 stands in for 3.4: because.";
  const { log } = buildFor({ ...request, grant: { ...request.grant, substitution } }, request.spec);
  assert.ok(log.includes(substitution));
  assert.ok(!buildFor(request, request.spec).log.some((line) => line.includes("stands in")));
});

test("settings are those of the Spark that runs it, whichever was asked for", () => {
  const request = launchRequest(applicationId("run-1"));
  const defaults = (sparkVersion: string) =>
    parseProperties(
      buildFor(request, request.spec, {}, sparkVersion).files["conf/spark-defaults.conf"] ?? "",
    );
  assert.equal(defaults("4.0.5")["spark.test.appId"], request.spec.sparkApplicationId);
  assert.equal(defaults("3.5.9")["spark.test.appId"], undefined);
});
