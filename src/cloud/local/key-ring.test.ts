import assert from "node:assert/strict";
import { chmod, stat } from "node:fs/promises";
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
