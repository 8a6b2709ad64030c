import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_BYTES, decodeHeader, decodePax, encodeHeader, padding, type TarHeader } from "./tar-format.ts";

const header: TarHeader = { path: "runs/a", sizeBytes: 5, mode: 0o640, modifiedAtMs: 1_795_000_000_000 };

test("a header that fits is one block, and reads back", () => {
  const block = encodeHeader(header);
  assert.equal(block.length, BLOCK_BYTES);
  assert.deepEqual(decodeHeader(block), { kind: "file", ...header });
});

test("a long path or a large size travels in pax records", () => {
  // Lengths around those at which the record's own length gets another digit.
  for (const length of [86, 87, 88, 89, 90, 101, 985, 986, 987, 988, 1024]) {
    const path = "ü".repeat(40) + "p".repeat(length);
    const bytes = encodeHeader({ ...header, path, sizeBytes: 2 ** 40 });
    const pax = decodeHeader(bytes.subarray(0, BLOCK_BYTES));
    assert.ok(pax.kind === "pax");
    const records = decodePax(bytes.subarray(BLOCK_BYTES, BLOCK_BYTES + pax.sizeBytes));
    assert.deepEqual(
      [...records],
      [
        ["path", path],
        ["size", String(2 ** 40)],
      ],
    );
    assert.equal(bytes.length, 2 * BLOCK_BYTES + pax.sizeBytes + padding(pax.sizeBytes));
  }
});

test("a damaged header, and an entry that is no file, are refused", () => {
  const damaged = encodeHeader(header);
  damaged[0] = 0;
  assert.throws(() => decodeHeader(damaged), /header is damaged/);
  const link = encodeHeader(header);
  link.write("2", 156);
  // The sum of the bytes with the type changed from 0 to 2.
  const sum = Number.parseInt(link.toString("latin1", 148, 154), 8) + 2;
  link.write(sum.toString(8).padStart(6, "0"), 148);
  assert.throws(() => decodeHeader(link), /type '2', which backups do not hold/);
  assert.deepEqual(decodeHeader(Buffer.alloc(BLOCK_BYTES)), { kind: "end" });
});
