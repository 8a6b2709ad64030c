import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHadoopXml } from "./hadoop-xml.ts";

test("names and values are escaped", () => {
  const xml = formatHadoopXml({ "a&b": `<x y="1">\n'z'</x>` });
  assert.ok(xml.includes("<name>a&#38;b</name>"));
  assert.ok(xml.includes("<value>&#60;x y=&#34;1&#34;&#62;&#10;&#39;z&#39;&#60;/x&#62;</value>"));
});

test("an empty configuration is a document too", () => {
  assert.match(formatHadoopXml({}), /<configuration>\n<\/configuration>\n$/);
});
