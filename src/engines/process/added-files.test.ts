import assert from "node:assert/strict";
import { test } from "node:test";
import { LaunchError } from "../../core/ports/engine.ts";
import { type AddedFilesInput, addedFiles } from "./added-files.ts";

const BUCKETS = { root: "/data/buckets", samples: "/samples" };

function plan(patch: Partial<AddedFilesInput>) {
  return addedFiles({ properties: {}, options: [], sparkVersion: "3.5.9", buckets: BUCKETS, ...patch });
}

const filesOf = (value: string) => plan({ properties: { "spark.files": value } }).files;

test("files, archives and Python files are put under the name behind # or their own", () => {
  const { files, onClassPath, notes } = plan({
    options: [
      { name: "--archives", value: "s3a://lake/envs/venv.tar.gz#environment,/shared/data.zip" },
      { name: "--files", value: "s3://lake/lost.json" },
      { name: "--files", value: " s3://lake/conf/größe +1.json, s3://lake/conf/a=b.json#config.json ," },
      { name: "--py-files", value: "s3://eu-west-1.elasticmapreduce/dep.py" },
    ],
    properties: { "spark.archives": "s3://lake/lost.zip" },
  });
  const place = (path: string, bucket: string | null) => ({ path, bucket });
  assert.deepEqual(
    files.map(({ option, name, unpack, path, bucket }) => [option, name, unpack, { path, bucket }]),
    [
      ["--files", "config.json", false, place("/data/buckets/lake/conf/a=b.json", "/data/buckets/lake")],
      ["--archives", "environment", true, place("/data/buckets/lake/envs/venv.tar.gz", "/data/buckets/lake")],
      ["--archives", "data.zip", true, place("/shared/data.zip", null)],
      ["--py-files", "dep.py", false, place("/samples/dep.py", "/samples")],
    ],
  );
  assert.equal(onClassPath, true);
  assert.match(notes.join("\n"), /^--files s3:\/\/lake\/conf\/größe \+1\.json: not in the driver's/m);
  assert.match(
    notes.join("\n"),
    /^--archives: unpacked in the driver's working directory: environment, data\.zip$/m,
  );
});

for (const address of [
  "https://example.com/a.json",
  "hdfs:///a.json",
  "s3://lake/",
  "s3://lake/folder/",
  "s3://lake/*.json",
  "s3://lake/{a,b}.json",
  "s3://lake/a%20b.json",
  "s3://lake/../other/a.json",
  "s3://lake/folder/..",
  "s3://lake/./a.json",
  "s3://lake//a.json",
  "s3://lake/.firesteel-staging/a.json",
  "s3://Lake/a.json",
  "s3://la..ke/a.json",
  "s3://../a.json",
  "/shared/*.json",
]) {
  test(`Spark alone sees to ${address}`, () => {
    assert.deepEqual(filesOf(address), []);
  });
}

test("a hidden file, and one whose name starts with dots, are files", () => {
  assert.deepEqual(
    filesOf("s3://lake/.env,s3://lake/a..b/...c").map(({ path }) => path),
    ["/data/buckets/lake/.env", "/data/buckets/lake/a..b/...c"],
  );
});

for (const name of ["", ".", "..", "../x", "a/b", "/x", "x".repeat(256)]) {
  test(`'${name.slice(0, 9)}' is no name behind #`, () => {
    assert.throws(
      () => filesOf(`s3://lake/a.json#${name}`),
      (error) => error instanceof LaunchError && /behind # must be a name/.test(error.message),
    );
  });
}

test("an older Spark does what it did", () => {
  const properties = {
    "spark.files": "s3://lake/a.json",
    "spark.archives": "s3://lake/b.zip",
    "spark.submit.pyFiles": "s3://lake/c.py",
  };
  const names = (sparkVersion: string) => plan({ properties, sparkVersion }).files.map(({ name }) => name);
  assert.deepEqual(names("3.0.3"), []);
  assert.deepEqual(names("3.1.3"), ["b.zip"]);
  assert.deepEqual(names("3.3.4"), ["b.zip"]);
  assert.deepEqual(names("3.4.4"), ["a.json", "b.zip", "c.py"]);
  assert.deepEqual(names("4.0.5"), ["a.json", "b.zip", "c.py"]);
  assert.equal(plan({ properties, sparkVersion: "3.4.4" }).onClassPath, false);
  assert.deepEqual(plan({ properties, sparkVersion: "3.3.4" }).notes, [
    "--files: not in the driver's working directory, where Spark puts them since 3.4; SparkFiles.get(NAME) finds them",
    "--archives: unpacked in the driver's working directory: b.zip",
    "--py-files: not in the driver's working directory, where Spark puts them since 3.4; they can be imported",
  ]);
});

test("nothing is said where nothing is added", () => {
  assert.deepEqual(plan({ properties: { "spark.files": " , " } }), {
    files: [],
    onClassPath: false,
    notes: [],
  });
});
