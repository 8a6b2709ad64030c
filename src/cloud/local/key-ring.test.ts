import assert from "node:assert/strict";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { FileKeyRing } from "./key-ring.ts";

test("a secret comes back through the same key file only", async (context) => {
  const directory = await temporaryDirectory(context);
  const first = await FileKeyRing.open(join(directory, "keys", "a.key"));
  const again = await FileKeyRing.open(join(directory, "keys", "a.key"));
  const other = await FileKeyRing.open(join(directory, "keys", "b.key"));
  const ciphertext = first.encrypt("sécret");
  assert.equal(again.decrypt(ciphertext), "sécret");
  assert.throws(() => other.decrypt(ciphertext));
  assert.notEqual(first.encrypt("sécret"), ciphertext);
});

test("the key file is its owner's alone, and refused where it is not", async (context) => {
  const file = join(await temporaryDirectory(context), "keys", "a.key");
  await FileKeyRing.open(file);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await chmod(file, 0o644);
  await assert.rejects(FileKeyRing.open(file), /can be read by others/);
});

test("what the first version encrypted can be read, and is not the newest key's", async (context) => {
  const file = join(await temporaryDirectory(context), "keys", "at-rest.key");
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `${Buffer.alloc(32, "fixture ").toString("base64")}\n`, { mode: 0o600 });
  const ring = await FileKeyRing.open(file);
  // As version 0.1.0 makes it with that key, and a nonce that is always the same.
  const ciphertext = "AW5vbmNlbm9uY2VubwTgqrUiY34LdSZcq2HiKsRj2BAkVo2l";
  assert.equal(ring.decrypt(ciphertext), "sécret");
  assert.equal(ring.isNewest(ciphertext), false);
  await ring.add(1_000);
  assert.equal(ring.decrypt(ciphertext), "sécret");
});

test("rings that are open use a key that another process adds, and read with those that it leaves", async (context) => {
  const file = join(await temporaryDirectory(context), "keys", "at-rest.key");
  const server = await FileKeyRing.open(file);
  const old = server.encrypt("old");
  const cli = await FileKeyRing.open(file);
  const added = await cli.add(1_000);
  const fresh = cli.encrypt("fresh");
  assert.deepEqual([server.decrypt(fresh), cli.decrypt(old)], ["fresh", "old"]);
  assert.ok(cli.isNewest(server.encrypt("by the server")));
  assert.deepEqual([cli.isNewest(old), cli.isNewest(fresh)], [false, true]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(await cli.forget(1_000), [], "a key is kept until it was followed before that time");
  assert.equal((await cli.forget(1_001)).length, 1);
  assert.deepEqual(server.keys(), [added]);
  assert.throws(() => server.decrypt(old), /at-rest\.key holds: restore that file from a backup/);
  assert.doesNotMatch(await readFile(file, "utf8"), /undefined|NaN/);
});

test("keys that are added at the same instant are all there, and the last one encrypts", async (context) => {
  const file = join(await temporaryDirectory(context), "keys", "at-rest.key");
  const rings = await Promise.all([1, 2, 3, 4].map(() => FileKeyRing.open(file)));
  const added = await Promise.all(rings.map((ring) => ring.add(5)));
  const keys = (await FileKeyRing.open(file)).keys();
  assert.deepEqual(
    keys.slice(1).map(({ madeAtMs }) => madeAtMs),
    [5, 6, 7, 8],
  );
  assert.deepEqual(new Set(keys.slice(1).map(({ id }) => id)), new Set(added.map(({ id }) => id)));
});

for (const [text, problem] of [
  ["", "empty"],
  ["c2hvcnQ=\n", "too short a key"],
  [`${Buffer.alloc(32).toString("base64")} soon\n`, "no time"],
] as const) {
  test(`a key file with ${problem} is refused by its name`, async (context) => {
    const file = join(await temporaryDirectory(context), "at-rest.key");
    await writeFile(file, text, { mode: 0o600 });
    await assert.rejects(FileKeyRing.open(file), /at-rest\.key holds no key of 32 bytes/);
  });
}
