import assert from "node:assert/strict";
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { test } from "node:test";
import { checkBucketName, checkKey } from "../../src/cloud/local/bucket-names.ts";
import { LocalBuckets } from "../../src/cloud/local/buckets.ts";
import { LocalLogGroups } from "../../src/cloud/local/log-groups.ts";
import { BucketError } from "../../src/core/ports/buckets.ts";
import { parseS3Uri } from "../../src/core/s3-uri.ts";
import { SAMPLE_SCOPE } from "../support/samples.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { property, SEED } from "./property.ts";
import { Random } from "./random.ts";
import { awkwardText } from "./texts.ts";

const PARTS = ["a", "b", "..", ".", "", "...", "link", "file", "%2e%2e", "..\\", "a\0", "x".repeat(256), "é"];

function key(random: Random): string {
  return random
    .list(random.between(1, 5), () => (random.chance(0.8) ? random.pick(PARTS) : awkwardText(random, 3)))
    .join("/");
}

function bucketName(random: Random): string {
  return random.pick([
    "bucket",
    "..",
    ".",
    ".staging",
    "a/../..",
    "us-east-1.elasticmapreduce",
    "../x.elasticmapreduce",
    "a..b",
    "127.0.0.1",
    "bucket/..",
    "bucket\0",
    "BUCKET",
    awkwardText(random, 6),
    `b${awkwardText(random, 3)}b`,
  ]);
}

/** Whether a check lets it pass; what it refuses, it refuses by name. */
function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    assert.ok(error instanceof BucketError, String(error));
    return false;
  }
}

property(
  "no name of a bucket and no key lead anywhere but into that bucket",
  (random) => ({ bucket: bucketName(random), key: key(random) }),
  ({ bucket, key }) => {
    if (!passes(() => checkBucketName(bucket)) || !passes(() => checkKey(key))) return;
    const root = posix.join("/data/buckets", bucket);
    assert.equal(posix.dirname(root), "/data/buckets");
    assert.ok(!posix.basename(root).startsWith("."), "a bucket is not hidden");
    const path = posix.join(root, ...key.split("/"));
    assert.equal(path, `${root}/${key}`, "what is joined is what was given");
    assert.ok(!path.includes("\0"));
    assert.ok(
      path
        .slice(root.length + 1)
        .split("/")
        .every((part) => Buffer.byteLength(part) <= 255),
    );
  },
);

property(
  "an s3:// address is a bucket and a key, or none",
  (random) => `${random.pick(["s3://", "s3a://", "S3://", "", "s3:/"])}${bucketName(random)}/${key(random)}`,
  (text) => {
    const found = parseS3Uri(text);
    if (found === null) return;
    assert.ok(!found.bucket.includes("/") && found.bucket !== "");
    assert.ok(text.endsWith(found.key));
  },
);

/** Every file below a folder, with its content; links are named and not followed. */
async function snapshot(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isDirectory()) lines.push(`${path}/`, ...(await snapshot(path)));
    else lines.push(`${path} ${found.isSymbolicLink() ? "->" : await readFile(path, "utf8")}`);
  }
  return lines;
}

const WRITES = 1_000;

test(`nothing outside of the buckets is read or written, by links neither (${WRITES} calls)`, async (context) => {
  const directory = await temporaryDirectory(context);
  const [buckets, outside, samples] = ["buckets", "outside", "samples"].map((name) => join(directory, name));
  assert.ok(buckets !== undefined && outside !== undefined && samples !== undefined);
  await mkdir(join(outside, "a"), { recursive: true });
  await mkdir(samples);
  await writeFile(join(outside, "file"), "secret");
  await writeFile(join(outside, "a", "b"), "secret");
  await mkdir(join(buckets, "bucket", "a"), { recursive: true });
  await mkdir(join(buckets, "other"));
  await writeFile(join(buckets, "other", "file"), "secret");
  await symlink(outside, join(buckets, "bucket", "link"));
  await symlink(join(outside, "file"), join(buckets, "bucket", "file"));
  await symlink(join("..", "other"), join(buckets, "bucket", "b"));
  await symlink(join(outside, "not-there"), join(buckets, "bucket", "a", "link"));
  await symlink("b", join(buckets, "bucket", "a", "b"));
  const before = [await snapshot(outside), await snapshot(join(buckets, "other")), await snapshot(samples)];
  const local = new LocalBuckets({ directory: buckets, samplesDirectory: samples });
  const random = new Random(SEED);
  for (let call = 0; call < WRITES; call += 1) {
    const bucket = random.chance(0.8) ? "bucket" : bucketName(random);
    const name = key(random);
    const act = random.pick([
      () => local.put(bucket, name, Buffer.from("mine")),
      () => local.appendAt(bucket, name, 0, Buffer.from("mine")),
      () => local.delete(bucket, name),
      () => local.stat(bucket, name),
      async () => {
        const text = Buffer.concat(await Array.fromAsync(local.read(bucket, name))).toString();
        assert.equal(text, "mine", `read '${text}' at ${bucket}/${name}`);
      },
      async () => {
        for await (const { key: listed } of local.listObjects(bucket, random.pick(["", "link/", "a/", name])))
          assert.doesNotMatch(listed, /^(link|b)\//);
      },
    ]);
    await act().catch((error: unknown) => {
      assert.ok(error instanceof BucketError, `${bucket}/${name}: ${String(error)}`);
    });
  }
  const after = [await snapshot(outside), await snapshot(join(buckets, "other")), await snapshot(samples)];
  assert.deepEqual(after, before);
});

test(`no log group and no stream lead out of the folder of logs (${WRITES} calls)`, async (context) => {
  const directory = await temporaryDirectory(context);
  const logs = new LocalLogGroups({ directory: join(directory, "logs"), home: SAMPLE_SCOPE });
  const random = new Random(SEED);
  for (let call = 0; call < WRITES; call += 1) {
    await logs
      .appendAt(SAMPLE_SCOPE, key(random), key(random), 0, Buffer.from("line"))
      .catch((error: unknown) => assert.ok(error instanceof Error, String(error)));
  }
  assert.deepEqual(await readdir(directory), ["logs"]);
});
