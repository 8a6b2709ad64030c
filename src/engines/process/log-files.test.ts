import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { readChunks, readTail } from "./log-files.ts";

const MEBIBYTE = 2 ** 20;

test("a large stream comes in pieces of at most 1 MiB", async (context) => {
  const path = join(await temporaryDirectory(context), "stdout");
  await writeFile(path, "x".repeat(2 * MEBIBYTE + 7));
  const pieces = [];
  for await (const { offset, bytes } of readChunks(path, 2)) pieces.push([offset, bytes.length]);
  assert.deepEqual(pieces, [
    [2, MEBIBYTE],
    [2 + MEBIBYTE, MEBIBYTE],
    [2 + 2 * MEBIBYTE, 5],
  ]);
});

test("a tail starts with a whole line", async (context) => {
  const path = join(await temporaryDirectory(context), "stderr");
  await writeFile(path, "first\nsecond\nthird\n");
  assert.equal(await readTail(path, 100), "first\nsecond\nthird\n");
  assert.equal(await readTail(path, 9), "third\n");
  assert.equal(await readTail(join(path, "..", "absent"), 9), "");
});
