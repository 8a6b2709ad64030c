import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonError, parseStrictJson } from "./strict-json.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text));

describe("parseStrictJson", () => {
  it("reads what JSON.parse reads", () => {
    for (const text of [
      "{}",
      "null",
      "[]",
      '"a\\"b"',
      '{"a":{"a":[{"a":1},{"a":2}]},"b":"a"}',
      '{"a":"x\\\\","b":"{\\"b\\":1}","c":["b","b"]}',
      ' {"k" : "k" , "l":"k" } ',
      '{"größe":"\\u00e9"}',
      '{"a":"\\ud83d\\ude00 \\\\u0000"}',
    ]) {
      assert.deepEqual(parse(text), JSON.parse(text), text);
    }
  });

  const refused: [string, string | Buffer, RegExp][] = [
    ["nothing", "", /Unexpected end/],
    ["text after the value", "{} x", /JSON/],
    ["a single quote", "{'a':1}", /JSON/],
    ["a byte order mark", "\ufeff{}", /JSON/],
    ["broken UTF-8", Buffer.from([0x22, 0xff, 0x22]), /not valid UTF-8/],
    ["a name twice", '{"a":1,"b":[{"a":1}],"a":2}', /'a' occurs twice/],
    ["a name twice, once escaped", '{"a":1,"\\u0061":2}', /'a' occurs twice/],
    ["a name twice after a value with quotes", '{"a":"\\\\\\"","a" :2}', /'a' occurs twice/],
    ["__proto__", '{"tags":{"__proto__":"x"}}', /__proto__ cannot be used/],
    ["an escaped __proto__", '{"\\u005f_proto__":1}', /__proto__ cannot be used/],
    ["half a surrogate pair", '{"a":"x\\ud83d"}', /half a surrogate pair/],
    ["a NUL character", '{"a\\u0000":1}', /NUL character/],
    ["33 levels", "[".repeat(33) + "]".repeat(33), /more than 32 levels/],
    ["a hundred thousand levels", "[".repeat(100_000) + "]".repeat(100_000), /more than 32 levels|JSON/],
  ];
  for (const [name, body, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseStrictJson(Buffer.from(body)),
        (error) => {
          assert.ok(error instanceof JsonError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("takes 32 levels", () => {
    assert.ok(Array.isArray(parse("[".repeat(32) + "]".repeat(32))));
  });

  it("reads a name as it is, whatever was read before", () => {
    // V8 14.6's own parser takes this for the name that the first text had.
    parse('{"a":0,"\\\\":1}');
    parse('{"a":0,"\\n":1}');
    assert.deepEqual(parse('{"a":0,"\\n":1}'), { a: 0, "\n": 1 });
  });
});
