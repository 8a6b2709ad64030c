import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { objectTail } from "./log-tail.ts";

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return Buffer.concat(collected).toString();
}

describe("a log object", () => {
  it("is read as it grows by members, also where a read ends inside one", async () => {
    const whole = Buffer.concat([gzipSync("one\n"), gzipSync("two\n"), gzipSync("three\n")]);
    let size = 0;
    const buckets = {
      async *read(_bucket: string, _key: string, startByte = 0) {
        yield whole.subarray(startByte, size);
      },
    };
    const tail = objectTail(buckets, "logs", "stdout.gz");
    const seen: string[] = [];
    const sizes = [gzipSync("one\n").length, gzipSync("one\n").length + 15, whole.length, whole.length];
    for (size of sizes) seen.push(await textOf(tail.next()));
    assert.equal(seen.join(""), "one\ntwo\nthree\n");
    assert.equal(seen[0], "one\n");
    assert.equal(seen.at(-1), "");
  });
});
