import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { FileKeyRing } from "./key-ring.ts";
import { sealedFile } from "./sealed-file.ts";

test("a secret in a file is encrypted anew, unless there is none or it was replaced meanwhile", async (context) => {
  const directory = await temporaryDirectory(context);
  const path = join(directory, "authority.key");
  const ring = await FileKeyRing.open(join(directory, "keys", "at-rest.key"));
  const secrets = sealedFile("the key", path);
  assert.deepEqual(await secrets.list(), []);
  await writeFile(path, `${ring.encrypt("private")}\n`);
  await ring.add(1_000);
  for (const { ciphertext, replace } of await secrets.list())
    await replace(ring.encrypt(ring.decrypt(ciphertext)));
  const sealed = (await readFile(path, "utf8")).trim();
  assert.deepEqual([ring.isNewest(sealed), ring.decrypt(sealed)], [true, "private"]);
  const [listed] = await secrets.list();
  await writeFile(path, "another\n");
  await listed?.replace("late");
  assert.equal(await readFile(path, "utf8"), "another\n");
});
