import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { applicationId } from "../../src/core/ids.ts";
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
SELECT '\${hivevar:SKIP}', '\${hiveconf:report.day}', "it's";
SELECT id, repeat('x', 100) FROM range(100000) ORDER BY id`;

const TOTALS = `SELECT count(*) AS items, sum(price) AS total FROM shop.items WHERE name <> '\${SKIP}';\n`;
/** The JVM's first compiler alone: half of what a short run costs is the second one's work. */
const QUICK = ["--driver-java-options", "-XX:TieredStopAtLevel=1"];
const FAILING = "SELECT 1;\nSELECT nothing FROM missing_table;\nSELECT 2;\n";

test("files of SQL statements run side by side, each with a metastore of its own", async (context) => {
  const { run, bucket, shared } = await openSparkEngine(context, {
    "failing.sql": FAILING,
  });
  const totals = join(shared, "totals.sql");
  await writeFile(totals, TOTALS);
  await writeFile(join(bucket, "statements.sql"), statements(totals));
  const [succeeded, failed] = await Promise.all([
    run(
      sqlRequest(applicationId("succeeds"), {
        entryPoint: `s3://${BUCKET}/statements.sql`,
        options: QUICK,
        cliOptions: ["--hivevar", "SKIP=skipped", "--hiveconf", "report.day=2026-11-22"],
        configuration: {
          "spark-hive-site": { "hive.metastore.warehouse.dir": `s3://${BUCKET}/warehouse` },
        },
      }),
    ),
    run(sqlRequest(applicationId("fails"), { entryPoint: `s3://${BUCKET}/failing.sql`, options: QUICK })),
  ]);

  assert.deepEqual([succeeded.exit.code, succeeded.exit.summary], [0, null], succeeded.stderr);
  const lines = succeeded.stdout.split("\n");
  assert.deepEqual(lines.slice(0, 4), [
    "größe; klein\t1.50",
    "日本茶\t2.25",
    "2\t3.75",
    "skipped\t2026-11-22\tit's",
  ]);
  assert.equal(lines.length, 4 + 100_000 + 1);
  assert.equal(lines.at(-2), `99999\t${"x".repeat(100)}`);
  assert.match(
    succeeded.submitter,
    /SQL: s3:\/\/lake\/statements\.sql, options of its CLI: --hivevar SKIP=skipped/,
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
