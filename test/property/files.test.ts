import assert from "node:assert/strict";
import { formatHadoopXml } from "../../src/engines/process/hadoop-xml.ts";
import { formatProperties, parseProperties } from "../../src/engines/process/properties-file.ts";
import { property } from "./property.ts";
import type { Random } from "./random.ts";
import { awkwardText } from "./texts.ts";

function properties(random: Random): Record<string, string> {
  return Object.fromEntries(
    random.list(random.between(0, 5), () => [awkwardText(random, 5), awkwardText(random, 8)]),
  );
}

const sorted = (entries: Iterable<readonly [string, string]>) =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

property("properties come back from their file as they were", properties, (written) => {
  const text = formatProperties(written);
  assert.match(text, /^[\x20-\x7e\n]*$/, "the file means the same in every encoding");
  assert.deepEqual(sorted(Object.entries(parseProperties(text))), sorted(Object.entries(written)));
});

property(
  "any text is read as properties",
  (random) => awkwardText(random, 40),
  (text) => {
    parseProperties(text);
  },
);

/** XML 1.0's own grammar of what is written: no more than this may stand in the file. */
const DOCUMENT = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<configuration>\n(.*)<\/configuration>\n$/s;
const PROPERTY = / {2}<property><name>([^<]*)<\/name><value>([^<]*)<\/value><\/property>\n/gy;

function unescaped(text: string): string {
  // Every ampersand that is written begins a reference by number.
  return text.replace(/&(#\d+;)?/g, (whole, reference: string | undefined) => {
    assert.ok(reference !== undefined, `'${whole}' in '${text}' is no reference`);
    return String.fromCharCode(Number(reference.slice(1, -1)));
  });
}

/** XML 1.0 `Char`: what is none of these is written as the replacement character. */
function storable(text: string): string {
  return text.toWellFormed().replace(/[^\t\n\r\x20-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
}

property(
  "properties come back from a Hadoop XML file, but for what XML cannot hold",
  properties,
  (written) => {
    const bytes = Buffer.from(formatHadoopXml(written));
    const body = DOCUMENT.exec(bytes.toString())?.[1];
    assert.ok(body !== undefined);
    const found: [string, string][] = [];
    let read = 0;
    for (const [whole, name = "", value = ""] of body.matchAll(PROPERTY)) {
      // A parser makes line breaks and tabs in the text its own; what is written as a reference it leaves.
      assert.doesNotMatch(name + value, /[\r\n\t]/);
      found.push([unescaped(name), unescaped(value)]);
      read += whole.length;
    }
    assert.equal(read, body.length, "there is nothing but properties");
    const expected = Object.entries(written).map(([name, value]) => [storable(name), storable(value)]);
    assert.deepEqual(found, expected);
  },
);
