import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { hiddenLine } from "./hidden-line.ts";

/** A terminal that sends these pieces, and records what is asked of it. */
async function typed(...pieces: readonly (string | Uint8Array)[]) {
  const done: string[] = [];
  const input = Object.assign(new PassThrough(), {
    setRawMode: (isRaw: boolean) => void done.push(String(isRaw)),
  });
  for (const piece of pieces) input.write(piece);
  const line = await hiddenLine(input, { write: (text) => void done.push(text) }, "Password: ");
  return { line, done };
}

test("a line is read unseen, whole characters at a time, without what was taken back", async () => {
  const bytes = Buffer.from("ü😀x\u007f!\r");
  const { line, done } = await typed(bytes.subarray(0, 1), bytes.subarray(1, 4), bytes.subarray(4));
  assert.equal(line, "ü😀!");
  assert.deepEqual(done, ["true", "Password: ", "false", "\n"]);
  assert.equal((await typed("\u007fa😀\u0008b\n")).line, "ab");
});

for (const key of ["\u0003", "\u0004"]) {
  test(`${JSON.stringify(key)} ends it, and the terminal is as before`, async () => {
    const { line, done } = await typed("secret", key);
    assert.equal(line, null);
    assert.deepEqual(done.slice(-2), ["false", "\n"]);
  });
}
