import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { holdDataDirectory, nodeIdOf } from "./data-directory.ts";

test("a data directory is held by one server at a time", async (context) => {
  const directory = join(await temporaryDirectory(context), "data");
  const held = await holdDataDirectory(directory);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  await assert.rejects(holdDataDirectory(directory), /Another server uses/);
  held.release();
  (await holdDataDirectory(directory)).release();
});

test("the node id is made once", async (context) => {
  const directory = await temporaryDirectory(context);
  assert.equal(await nodeIdOf(directory), await nodeIdOf(directory));
});
