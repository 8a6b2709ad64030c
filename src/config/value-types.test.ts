import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearest } from "./nearest.ts";
import { boolean, bytes, directoryList, number, optionalUrl } from "./value-types.ts";

describe("bytes", () => {
  const cases: [text: string, value: number | null][] = [
    ["8g", 8 * 1024 ** 3],
    ["8GiB", 8 * 1024 ** 3],
    ["1.5g", 1.5 * 1024 ** 3],
    ["512 mb", 512 * 1024 ** 2],
    ["1024", 1024],
    ["0", null],
    ["g", null],
    ["-1g", null],
    ["8 gallons", null],
  ];
  for (const [text, value] of cases) it(`reads ${text}`, () => assert.equal(bytes.parse(text, "/"), value));
  it("are written with the largest unit that fits", () => {
    assert.deepEqual([8 * 1024 ** 3, 1536 * 1024 ** 2, 100].map(bytes.format), ["8g", "1.5g", "100"]);
  });
});

describe("other values", () => {
  it("booleans take the usual words", () => {
    assert.deepEqual(
      ["true", "on", "0", "no", "maybe"].map((text) => boolean.parse(text, "/")),
      [true, true, false, false, null],
    );
  });
  it("numbers keep to their bounds", () => {
    const port = number("a port", { min: 0, max: 65_535, whole: true });
    assert.deepEqual(
      ["0", "65535", "65536", "1.5", "x", ""].map((text) => port.parse(text, "/")),
      [0, 65_535, null, null, null, null],
    );
  });
  it("addresses have one of their schemes, a host, and a name and a password that can be read", () => {
    const address = optionalUrl(["smtp:", "smtps:"]);
    for (const right of ["", "smtp://mail:25", "smtps://a%40b:p%25@mail.example.com", "smtp://[::1]:2525"])
      assert.equal(address.parse(right, "/"), right);
    for (const wrong of [
      "mail:25",
      "http://mail",
      "smtp://",
      "smtp:mail",
      "smtps://a:10%@mail",
      "smtps://a:%ff@mail",
    ])
      assert.equal(address.parse(wrong, "/"), null, wrong);
  });
  it("lists hold absolute paths only", () => {
    assert.deepEqual(directoryList.parse("/a::/b/", "/"), ["/a", "/b"]);
    assert.equal(directoryList.parse("/a:b", "/"), null);
  });
});

describe("nearest", () => {
  const words = ["server", "stop", "ps", "doctor", "describe"];
  const cases: [typed: string, meant: string | null][] = [
    ["sevrer", "server"],
    ["SERVER", "server"],
    ["docter", "doctor"],
    ["pa", "ps"],
    ["zebra", null],
  ];
  for (const [typed, meant] of cases)
    it(`${typed} → ${meant}`, () => assert.equal(nearest(typed, words), meant));
});
