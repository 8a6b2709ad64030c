import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BatchDecoder, BatchEncoder } from "./batch-encoding.ts";

const insert = { sql: "insert", parameters: ["a", 1, null], staleMessage: null };
const update = { sql: "update", parameters: [2], staleMessage: "it has changed" };
const remove = { sql: "delete", parameters: [], staleMessage: null };

describe("batches between threads", () => {
  test("statements arrive as they were sent, and each text once", () => {
    const encoder = new BatchEncoder();
    const decoder = new BatchDecoder();
    const first = encoder.encode(7, [insert, update]);
    decoder.add(encoder.takeNewTexts());
    assert.deepEqual(decoder.decode(structuredClone(first)), { id: 7, statements: [insert, update] });

    const other = { ...insert, parameters: [null, "b", 3] };
    const second = encoder.encode(8, [remove, other, insert]);
    const texts = encoder.takeNewTexts();
    assert.deepEqual(texts, [{ sql: "delete", parameters: 0 }]);
    decoder.add(texts);
    assert.deepEqual(decoder.decode(structuredClone(second)), { id: 8, statements: [remove, other, insert] });
    assert.deepEqual(encoder.takeNewTexts(), []);
  });

  test("a batch whose text has not come is refused", () => {
    const batch = new BatchEncoder().encode(1, [insert]);
    assert.throws(() => new BatchDecoder().decode(batch), /statement 0 came before its text/);
  });
});
