import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/core/json.ts";
import { JsonError, parseStrictJson } from "../../src/http/shared/strict-json.ts";
import { property } from "./property.ts";
import type { Random } from "./random.ts";
import { jsonValue, mutated } from "./texts.ts";

function read(body: Uint8Array): { readonly value: unknown } | null {
  try {
    return { value: parseStrictJson(body) };
  } catch (error) {
    assert.ok(error instanceof JsonError, String(error));
    return null;
  }
}

function bytes(random: Random): Uint8Array {
  return Uint8Array.from(random.list(random.between(0, 60), () => random.between(0, 255)));
}

/** Bytes of JSON's own characters: more of them get somewhere than of any bytes. */
function pieces(random: Random): Uint8Array {
  const PIECES = ["{", "}", "[", "]", ":", ",", '"', '"a"', '"a":', "\\", "\\u", "1e999", "-", "null", " "];
  return Buffer.from(random.list(random.between(0, 40), () => random.pick(PIECES)).join(""));
}

property(
  "any bytes are JSON or a refusal, and no reader reads them otherwise",
  (random) => random.pick([bytes, pieces])(random),
  (body) => {
    const found = read(body);
    const text = Buffer.from(body).toString();
    // Names with escapes are what JSON.parse itself misreads now and then: see strict-json.ts.
    if (found !== null && !text.includes("\\")) assert.deepEqual(found.value, JSON.parse(text));
  },
);

property(
  "what is written as JSON and changed a little is read or refused",
  (random) => Buffer.from(mutated(random, JSON.stringify(jsonValue(random)))),
  (body) => {
    read(body);
  },
);

/** Whether the value holds a text or a name that cannot be stored, or a name that only some readers keep. */
function isUnfit(value: unknown): boolean {
  if (typeof value === "string") return !value.isWellFormed() || value.includes("\0");
  if (value === null || typeof value !== "object") return false;
  return Object.entries(value).some(
    ([name, member]) => name === "__proto__" || isUnfit(name) || isUnfit(member),
  );
}

property(
  "what is written as JSON is read, unless it cannot be kept as it is",
  (random) => jsonValue(random),
  (value) => {
    const found = read(Buffer.from(JSON.stringify(value)));
    if (isUnfit(value)) assert.equal(found, null);
    else assert.equal(canonicalJson(found?.value), canonicalJson(value));
  },
);

property(
  "a name that occurs twice in one object is refused wherever it is",
  (random) => {
    const name = JSON.stringify(jsonValue(random, 0)?.toString() ?? "");
    const twice = `{${name}:${JSON.stringify(jsonValue(random, 1))},${name}:1}`;
    return random.pick([twice, `[1,${twice}]`, `{"x":{"y":${twice}}}`]);
  },
  (text) => assert.equal(read(Buffer.from(text)), null),
);

const LARGE = 1_000_000;
for (const [name, text] of [
  ["brackets", "[".repeat(LARGE)],
  ["closed brackets", "[".repeat(LARGE / 2) + "]".repeat(LARGE / 2)],
  ["objects", '{"a":'.repeat(LARGE / 5)],
  ["backslashes", `"${"\\".repeat(LARGE)}"`],
  ["quotes in a string", `"${'\\"'.repeat(LARGE / 2)}"`],
  ["members", `{${Array.from({ length: LARGE / 20 }, (_, index) => `"a${index}":1`).join(",")}}`],
  ["digits", "1".repeat(LARGE)],
] as const) {
  test(`a body of nothing but ${name} is read or refused at once`, { timeout: 10_000 }, () => {
    read(Buffer.from(text));
  });
}
