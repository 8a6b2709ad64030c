import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { LocalBuckets } from "./buckets.ts";

async function buckets(context: TestContext) {
  const base = await temporaryDirectory(context);
  const directory = join(base, "buckets");
  const samplesDirectory = join(base, "samples");
  await mkdir(join(samplesDirectory, "a"), { recursive: true });
  await mkdir(directory);
  await writeFile(join(samplesDirectory, "a", "sample.txt"), "sample");
  const local = new LocalBuckets({ directory, samplesDirectory });
  await local.create("bucket");
  return { base, directory, local };
}

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(pieces)).toString();
}

const bytes = (content: string) => new TextEncoder().encode(content);

test("an object is written, read, read from a byte, listed and deleted", async (context) => {
  const { local, directory } = await buckets(context);
  await local.put("bucket", "a/b c%20.txt", bytes("hello"));
  assert.equal(await text(local.read("bucket", "a/b c%20.txt")), "hello");
  assert.equal(await text(local.read("bucket", "a/b c%20.txt", 3)), "lo");
  assert.equal((await local.stat("bucket", "a/b c%20.txt"))?.sizeBytes, 5);
  assert.equal(await readFile(join(directory, "bucket", "a", "b c%20.txt"), "utf8"), "hello");
  const listed = await Array.fromAsync(local.listObjects("bucket", "a/b"));
  assert.deepEqual(
    listed.map(({ key }) => key),
    ["a/b c%20.txt"],
  );
  await local.delete("bucket", "a/b c%20.txt");
  assert.equal(await local.stat("bucket", "a/b c%20.txt"), null);
  assert.deepEqual(await Array.fromAsync(local.listObjects("bucket", "")), []);
});

test("keys are listed in the order of their bytes", async (context) => {
  const { local } = await buckets(context);
  for (const key of ["b", "a/x", "a.txt", "a-b", "a/b/c"]) await local.put("bucket", key, bytes(""));
  const listed = await Array.fromAsync(local.listObjects("bucket", ""));
  assert.deepEqual(
    listed.map(({ key }) => key),
    ["a-b", "a.txt", "a/b/c", "a/x", "b"],
  );
});

test("an append that is repeated after a lost answer doubles nothing", async (context) => {
  const { local } = await buckets(context);
  assert.equal(await local.appendAt("bucket", "log", 0, bytes("one")), 3);
  assert.equal(await local.appendAt("bucket", "log", 3, bytes("two")), 6);
  assert.equal(await local.appendAt("bucket", "log", 3, bytes("two")), 6);
  assert.equal(await text(local.read("bucket", "log")), "onetwo");
});

test("the service's sample buckets are readable in every region and read-only", async (context) => {
  const { local } = await buckets(context);
  assert.equal(await text(local.read("eu-west-1.elasticmapreduce", "a/sample.txt")), "sample");
  assert.equal(await text(local.read("REGION.elasticmapreduce", "a/sample.txt")), "sample");
  await assert.rejects(local.put("eu-west-1.elasticmapreduce", "x", bytes("")), { code: "ReadOnly" });
});

test("a missing bucket and a missing key have S3's names", async (context) => {
  const { local } = await buckets(context);
  await assert.rejects(text(local.read("nowhere", "k")), {
    code: "NoSuchBucket",
    message: "The specified bucket does not exist: nowhere",
  });
  await assert.rejects(text(local.read("bucket", "k")), { code: "NoSuchKey" });
});

for (const name of ["..", "a", "Upper", ".hidden", "a..b", "1.2.3.4", "a/b", `${"x".repeat(64)}`]) {
  test(`bucket name ${name} is refused`, async (context) => {
    const { local } = await buckets(context);
    await assert.rejects(local.create(name), { code: "InvalidBucketName" });
  });
}

for (const key of [
  "",
  "a//b",
  "/a",
  "a/",
  "../x",
  "a/../../x",
  "./a",
  "a\0b",
  "x".repeat(256),
  "é".repeat(200),
]) {
  test(`key ${JSON.stringify(key.slice(0, 20))} is refused`, async (context) => {
    const { local } = await buckets(context);
    await assert.rejects(local.put("bucket", key, bytes("")), { code: "InvalidKey" });
  });
}

test("a folder cannot hold `a` beside `a/b`, whichever came first", async (context) => {
  const { local } = await buckets(context);
  await local.put("bucket", "a", bytes(""));
  await assert.rejects(local.put("bucket", "a/b", bytes("")), { code: "InvalidKey" });
  await local.put("bucket", "c/d", bytes(""));
  await assert.rejects(local.put("bucket", "c", bytes("")), { code: "InvalidKey" });
  await assert.rejects(local.appendAt("bucket", "c", 0, bytes("")), { code: "InvalidKey" });
});

test("a symbolic link cannot lead out of its bucket", async (context) => {
  const { base, directory, local } = await buckets(context);
  await writeFile(join(base, "secret"), "secret");
  await symlink(base, join(directory, "bucket", "out"));
  await symlink(join(base, "secret"), join(directory, "bucket", "file"));
  for (const key of ["out/secret", "out/new", "file"]) {
    await assert.rejects(text(local.read("bucket", key)), { code: "InvalidKey" });
    await assert.rejects(local.appendAt("bucket", key, 0, bytes("x")), { code: "InvalidKey" });
  }
  assert.equal(await readFile(join(base, "secret"), "utf8"), "secret");
});

test("a folder that is swapped for a link while objects are written leads nowhere else", async (context) => {
  const { base, directory, local } = await buckets(context);
  const outside = join(base, "outside");
  await mkdir(outside);
  const folder = join(directory, "bucket", "logs");
  const stopped = new AbortController();
  let swaps = 0;
  const swapping = (async () => {
    // Each step may come too late, because the writer made the folder again; what counts is that many are in time.
    const tooLate = () => undefined;
    for (let round = 0; !stopped.signal.aborted; round += 1) {
      await rename(folder, join(directory, `aside-${round}`)).catch(tooLate);
      await symlink(outside, folder).then(() => swaps++, tooLate);
      await unlink(folder).catch(tooLate);
    }
  })();
  // Until the folder was swapped often enough: how many swaps there are between two writes is the machine's affair.
  for (let round = 0; round < 300 || swaps <= 10; round += 1) {
    // Most fail, by name; none may reach the folder outside.
    await local.put("bucket", `logs/put-${round}`, bytes("x")).catch(() => undefined);
    await local.appendAt("bucket", `logs/sub/append-${round}`, 0, bytes("x")).catch(() => undefined);
  }
  stopped.abort();
  await swapping;
  assert.deepEqual(await readdir(outside), []);
});
