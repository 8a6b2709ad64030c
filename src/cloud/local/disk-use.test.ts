import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { diskUse } from "./disk-use.ts";

test("files are counted below a folder, links are not followed, what is missing takes nothing", async (context) => {
  const directory = await temporaryDirectory(context);
  await mkdir(join(directory, "a", "b"), { recursive: true });
  await mkdir(join(directory, "left-out"));
  await writeFile(join(directory, "a", "b", "large"), Buffer.alloc(1_000_000, 1));
  await writeFile(join(directory, "left-out", "other"), Buffer.alloc(1_000_000, 1));
  await symlink("/", join(directory, "everything"));
  const { bytes, files } = await diskUse(directory, new Set(["left-out"]));
  assert.equal(files, 2);
  assert.ok(bytes >= 1_000_000 && bytes < 1_500_000, `${bytes}`);
  assert.deepEqual(await diskUse(join(directory, "missing")), { bytes: 0, files: 0 });
});
