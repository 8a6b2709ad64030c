import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { storedZip } from "../../scripts/stored-zip.ts";
import { applicationId } from "../../src/core/ids.ts";
import { planSparkSql } from "../../src/core/job-run/spark-sql.ts";
import { sqlRequest } from "../support/launch-request.ts";
import { BUCKET, openSparkEngine } from "../support/spark-engine.ts";

const statements = (totals: string) => `-- A comment; with a semicolon, and a quote that doesn't close
CREATE DATABASE shop;
USE shop;
CREATE TABLE items (name STRING, price DECIMAL(6,2)) USING parquet;
INSERT INTO items VALUES ('größe; klein', 1.50), ('日本茶', 2.25), ('skipped', 9) /* in; between */;
SELECT *
FROM items
WHERE name <> '\${SKIP}'
ORDER BY price;
source ${totals};
SELECT '\${hivevar:SKIP}', '\${hiveconf:report.day}', "it's", current_database();
SET spark.app.name;
SET spark.of.conf;
SET spark.of.file;
SET spark.driver.memory;
SELECT java_method('java.lang.System', 'getProperty', 'of.java'), java_method('java.lang.System', 'getenv', 'LD_LIBRARY_PATH');
SELECT split(java_method('java.lang.System', 'getProperty', 'java.class.path'), ':')[0];
LIST FILES;
LIST JARS;
SELECT id, repeat('x', 100) FROM range(100000) ORDER BY id`;

const TOTALS = `SELECT count(*) AS items, sum(price) AS total FROM shop.items WHERE name <> '\${SKIP}';\n`;
/** The JVM's first compiler alone: half of what a short run costs is the second one's work. */
const QUICK = ["--driver-java-options", "-XX:TieredStopAtLevel=1"];

/** Every option of emr-b.md 3.4 at once. Central repositories are behind a proxy that nobody is. */
const parameters = (
  shared: string,
  repository: string,
) => `--name "every option" --jars s3://${BUCKET}/own.jar
  --packages com.example:wanted:1 --exclude-packages com.example:unwanted --repositories ${repository}
  --files s3://${BUCKET}/failing.sql --conf spark.of.conf=yes --properties-file file://${shared}/more.conf
  --driver-memory 600m --driver-java-options "-XX:TieredStopAtLevel=1 -Dof.java=yes -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1"
  --driver-library-path /of/library --driver-class-path /of/class --executor-memory 700m --driver-cores 1
  --total-executor-cores 2 --executor-cores 1 --num-executors 2 --database default
  -hivevar SKIP=skipped -hiveconf report.day=2026-11-22`;

/** A Maven repository over HTTP: a package, and one that it needs unless that is excluded. */
async function mavenRepository(context: TestContext): Promise<string> {
  const pom = (name: string, dependencies = "") =>
    `<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>${name}</artifactId><version>1</version><dependencies>${dependencies}</dependencies></project>`;
  const needs =
    "<dependency><groupId>com.example</groupId><artifactId>unwanted</artifactId><version>1</version></dependency>";
  const files: Readonly<Record<string, string | Buffer>> = {
    "/com/example/wanted/1/wanted-1.pom": pom("wanted", needs),
    "/com/example/wanted/1/wanted-1.jar": JAR,
    "/com/example/unwanted/1/unwanted-1.pom": pom("unwanted"),
    "/com/example/unwanted/1/unwanted-1.jar": JAR,
  };
  const server = createServer(({ url = "" }, answer) => {
    const file = files[url];
    answer.writeHead(file === undefined ? 404 : 200).end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  // It listens on TCP.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const JAR = storedZip(new Map([["resource.txt", Buffer.from("x")]]));
const FAILING = "SELECT 1;\nSELECT nothing FROM missing_table;\nSELECT 2;\n";

test("files of SQL statements run side by side, each with a metastore of its own", async (context) => {
  const { run, bucket, shared } = await openSparkEngine(context, {
    "failing.sql": FAILING,
  });
  const totals = join(shared, "totals.sql");
  await writeFile(totals, TOTALS);
  await writeFile(join(bucket, "statements.sql"), statements(totals));
  await writeFile(join(bucket, "own.jar"), JAR);
  await writeFile(join(shared, "more.conf"), "spark.of.file yes\n");
  const { program } = planSparkSql(
    {
      entryPoint: `s3://${BUCKET}/statements.sql`,
      sparkSqlParameters: parameters(shared, await mavenRepository(context)),
    },
    "emr-7.7.0-latest",
  );
  assert.equal(program.kind, "spark-sql");
  const [succeeded, failed] = await Promise.all([
    run(
      sqlRequest(applicationId("succeeds"), {
        ...program,
        configuration: {
          "spark-hive-site": { "hive.metastore.warehouse.dir": `s3://${BUCKET}/warehouse` },
        },
      }),
    ),
    run(sqlRequest(applicationId("fails"), { entryPoint: `s3://${BUCKET}/failing.sql`, options: QUICK })),
  ]);

  assert.deepEqual([succeeded.exit.code, succeeded.exit.summary], [0, null], succeeded.stderr);
  const lines = succeeded.stdout.split("\n");
  // What finds packages prints its own line to stdout, before anything runs.
  assert.match(lines.shift() ?? "", /^:: loading settings ::/);
  assert.deepEqual(lines.slice(0, 11), [
    "größe; klein\t1.50",
    "日本茶\t2.25",
    "2\t3.75",
    "skipped\t2026-11-22\tit's\tshop",
    "spark.app.name\tevery option",
    "spark.of.conf\tyes",
    "spark.of.file\tyes",
    "spark.driver.memory\t600m",
    "yes\t/of/library",
    "/of/class",
    `s3://${BUCKET}/failing.sql`,
  ]);
  // The package is listed where it was put, and where executors find it.
  const jars = lines.slice(11, 14).map((address) => address.split("/").at(-1));
  assert.deepEqual(new Set(jars), new Set(["com.example_wanted-1.jar", "own.jar"]));
  assert.equal(lines.length, 14 + 100_000 + 1);
  assert.equal(lines.at(-2), `99999\t${"x".repeat(100)}`);
  assert.match(
    succeeded.submitter,
    /SQL: s3:\/\/lake\/statements\.sql, options of its CLI: --database default --hivevar SKIP=skipped/,
  );
  const table = await readdir(join(bucket, "warehouse", "shop.db", "items"));
  assert.ok(
    table.some((name) => name.endsWith(".parquet")),
    table.join(),
  );

  assert.equal(failed.stdout, "1\n");
  assert.deepEqual([failed.exit.code, failed.exit.cause], [1, "exited"]);
  assert.match(
    failed.exit.summary ?? "",
    /^\[TABLE_OR_VIEW_NOT_FOUND\] The table or view `missing_table` cannot be found\./,
  );
});
