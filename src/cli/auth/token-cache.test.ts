import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import { type CachedToken, TokenCache } from "./token-cache.ts";

const token = (name: string): CachedToken => ({
  access_token: name,
  token_type: "Bearer",
  refresh_token: `refresh ${name}`,
  expiry: "2026-01-01T00:00:00.000Z",
});

test("tokens are kept under every key, and renewed under all of them, for their owner's eyes alone", async (t) => {
  const home = await temporaryDirectory(t);
  const cache = new TokenCache(home);
  assert.equal(await cache.find(["a"]), null);
  await cache.store(["a", "https://a"], token("1"));
  await cache.store(["b"], token("2"));
  const renewed = await cache.renewed(
    ["https://a"],
    () => true,
    async (old) => token(`${old.access_token}+`),
  );
  assert.deepEqual(renewed, token("1+"));
  assert.deepEqual([await cache.find(["a"]), await cache.find(["x", "b"])], [token("1+"), token("2")]);
  await cache.remove(["a", "https://a"]);
  const file = join(home, ".databricks", "token-cache.json");
  assert.deepEqual(JSON.parse(await readFile(file, "utf8")), { version: 1, tokens: { b: token("2") } });
  assert.deepEqual(
    [(await stat(file)).mode & 0o777, (await stat(join(home, ".databricks"))).mode & 0o777],
    [0o600, 0o700],
  );
});

test("of many who renew one token at once, one asks for it", async (t) => {
  const cache = new TokenCache(await temporaryDirectory(t));
  await cache.store(["a"], token("1"));
  let asked = 0;
  const renew = async () => {
    asked += 1;
    return token("2");
  };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => cache.renewed(["a"], ({ access_token }) => access_token === "1", renew)),
  );
  assert.deepEqual([asked, answers.map((answer) => answer?.access_token)], [1, ["2", "2", "2", "2", "2"]]);
});

test("a renewal that fails keeps what there was, and holds nobody up", async (t) => {
  const cache = new TokenCache(await temporaryDirectory(t));
  await cache.store(["a"], token("1"));
  const fail = async () => Promise.reject(new Error("no"));
  await assert.rejects(
    cache.renewed(["a"], () => true, fail),
    /no/,
  );
  assert.deepEqual(await cache.renewed(["a"], () => false, fail), token("1"));
  assert.deepEqual(
    await cache.renewed(
      ["a"],
      () => true,
      async () => token("2"),
    ),
    token("2"),
  );
});

test("a file of another form is left alone", async (t) => {
  const home = await temporaryDirectory(t);
  const file = join(home, ".databricks", "token-cache.json");
  await mkdir(join(home, ".databricks"));
  for (const [text, message] of [
    ["{", /is no JSON/],
    ['{"version":2,"tokens":{}}', /has version 2/],
    ["[]", /has version undefined/],
    ["null", /has version undefined/],
  ] as const) {
    await writeFile(file, text);
    await assert.rejects(new TokenCache(home).store(["a"], token("1")), message);
    assert.equal(await readFile(file, "utf8"), text);
  }
  await writeFile(file, '{"version":1,"tokens":{"a":{"access_token":1}}}');
  assert.equal(await new TokenCache(home).find(["a"]), null);
});
