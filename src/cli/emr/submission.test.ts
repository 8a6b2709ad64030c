import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { localFiles, planSubmission, quoteParameter, type RunValues } from "./submission.ts";

const LOCAL = {
  uploadTo: "s3://firesteel-1/runs/r1",
  executionRole: "arn:aws:iam::123456789012:role/firesteel",
  logUri: "s3://firesteel-1/logs/",
};

function values(given: Partial<RunValues> = {}): RunValues {
  return {
    script: "jobs/my.py",
    args: [],
    input: [],
    class: undefined,
    conf: [],
    jars: [],
    pyFiles: [],
    files: [],
    hivevar: [],
    database: undefined,
    name: undefined,
    releaseLabel: undefined,
    executionRole: undefined,
    logUri: undefined,
    ...given,
  };
}

describe("a submission", () => {
  it("uploads the script and its inputs, whose addresses follow the user's arguments in order", () => {
    const { request, uploads } = planSubmission(
      values({ args: ["--fast"], input: ["a.csv", "x/b.csv"] }),
      LOCAL,
    );
    assert.deepEqual(uploads, [
      { path: "jobs/my.py", uri: "s3://firesteel-1/runs/r1/my.py" },
      { path: "a.csv", uri: "s3://firesteel-1/runs/r1/input/a.csv" },
      { path: "x/b.csv", uri: "s3://firesteel-1/runs/r1/input/b.csv" },
    ]);
    assert.deepEqual(request, {
      name: "my",
      executionRoleArn: LOCAL.executionRole,
      releaseLabel: "emr-7.7.0-latest",
      jobDriver: {
        sparkSubmitJobDriver: {
          entryPoint: "s3://firesteel-1/runs/r1/my.py",
          entryPointArguments: [
            "--fast",
            "s3://firesteel-1/runs/r1/input/a.csv",
            "s3://firesteel-1/runs/r1/input/b.csv",
          ],
        },
      },
      configurationOverrides: {
        monitoringConfiguration: { s3MonitoringConfiguration: { logUri: LOCAL.logUri } },
      },
    });
  });

  it("keeps two files of one name apart, and uploads one file once", () => {
    const { uploads } = planSubmission(values({ input: ["a/d.csv", "b/d.csv", "a/d.csv"] }), LOCAL);
    assert.deepEqual(
      uploads.slice(1).map(({ uri }) => uri),
      ["s3://firesteel-1/runs/r1/input/d.csv", "s3://firesteel-1/runs/r1/input/2/d.csv"],
    );
  });

  it("leaves addresses as they are and makes spark-submit's options", () => {
    const given = values({
      script: "local:///usr/lib/spark/examples/jars/spark-examples.jar",
      class: "org.example.Main",
      jars: ["s3://b/a.jar,lib/b.jar"],
      conf: ["spark.app.name=my app", 'x="y"'],
    });
    const { request, uploads } = planSubmission(given, LOCAL);
    assert.deepEqual(uploads, [{ path: "lib/b.jar", uri: "s3://firesteel-1/runs/r1/jars/b.jar" }]);
    assert.equal(
      request.jobDriver.sparkSubmitJobDriver?.sparkSubmitParameters,
      '--class org.example.Main --jars s3://b/a.jar,s3://firesteel-1/runs/r1/jars/b.jar --conf "spark.app.name=my app" --conf "x=\\"y\\""',
    );
    assert.equal(request.name, "spark-examples");
    assert.deepEqual(localFiles(given), ["lib/b.jar"]);
  });

  it("runs a .sql file by the SQL driver", () => {
    const given = values({
      script: "reports/Daily.SQL",
      hivevar: ["day=2026-11-22", "title=sales of the day"],
      database: "shop",
      conf: ["spark.sql.shuffle.partitions=2"],
      jars: ["lib/b.jar"],
    });
    const { request, uploads } = planSubmission(given, LOCAL);
    assert.deepEqual(
      uploads.map(({ path }) => path),
      ["reports/Daily.SQL", "lib/b.jar"],
    );
    assert.equal(request.name, "Daily");
    assert.deepEqual(request.jobDriver, {
      sparkSqlJobDriver: {
        entryPoint: "s3://firesteel-1/runs/r1/Daily.SQL",
        sparkSqlParameters:
          '--jars s3://firesteel-1/runs/r1/jars/b.jar --conf spark.sql.shuffle.partitions=2 --hivevar day=2026-11-22 --hivevar "title=sales of the day" --database shop',
      },
    });
    assert.deepEqual(planSubmission(values({ script: "s3://b/q.sql" }), LOCAL).request.jobDriver, {
      sparkSqlJobDriver: { entryPoint: "s3://b/q.sql" },
    });
  });

  it("names runs within what the model allows", () => {
    assert.equal(
      planSubmission(values({ script: "mein täglicher Lauf.py" }), LOCAL).request.name,
      "mein-t-glicher-Lauf",
    );
    assert.equal(planSubmission(values({ script: `${"x".repeat(80)}.py` }), LOCAL).request.name?.length, 64);
  });

  const elsewhere = { uploadTo: null, executionRole: null, logUri: null };
  const refusals: [what: string, given: Partial<RunValues>, message: RegExp][] = [
    [
      "a local script for a server elsewhere",
      {},
      /^jobs\/my\.py is a file of this machine, and the server runs elsewhere$/,
    ],
    ["no role for a server elsewhere", { script: "s3://b/x.py" }, /^no execution role$/],
    [
      "a property without a value",
      { script: "s3://b/x.py", executionRole: "r", conf: ["spark.x"] },
      /^--conf spark\.x: expected KEY=VALUE$/,
    ],
    [
      "a variable without a value",
      { script: "s3://b/x.sql", executionRole: "r", hivevar: ["day"] },
      /^--hivevar day: expected KEY=VALUE$/,
    ],
    ...(
      [
        ["arguments", { args: ["1"] }],
        ["--input", { input: ["s3://b/d.csv"] }],
        ["--class", { class: "a.B" }],
        ["--py-files", { pyFiles: ["s3://b/m.py"] }],
      ] as const
    ).map(([option, given]): [string, Partial<RunValues>, RegExp] => [
      `${option} for a .sql file`,
      { script: "s3://b/x.sql", executionRole: "r", ...given },
      new RegExp(`^${option}: a \\.sql file takes none$`),
    ]),
    [
      "--hivevar for a script",
      { script: "s3://b/x.py", executionRole: "r", hivevar: ["a=b"] },
      /^--hivevar is for \.sql files$/,
    ],
    [
      "--database for a script",
      { script: "s3://b/x.py", executionRole: "r", database: "d" },
      /^--database is for \.sql files$/,
    ],
  ];
  for (const [what, given, message] of refusals) {
    it(`refuses ${what}`, () =>
      assert.throws(() => planSubmission(values(given), elsewhere), {
        name: "CliError",
        message,
        exitCode: 2,
      }));
  }

  it("quotes only what needs it", () => {
    assert.deepEqual(["a=b,c:1/x", "a b", 'a"b\\', ""].map(quoteParameter), [
      "a=b,c:1/x",
      '"a b"',
      '"a\\"b\\\\"',
      '""',
    ]);
  });
});
