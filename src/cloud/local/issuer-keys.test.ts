import assert from "node:assert/strict";
import { test } from "node:test";
import { sendJson, type TestIssuer, testIssuer } from "../../../test/support/test-issuer.ts";
import { fetchJson, publicLookup } from "./guarded-fetch.ts";
import { IssuerKeys, type IssuerKeysOptions } from "./issuer-keys.ts";

const METADATA = "/.well-known/openid-configuration";

function keysOf(idp: TestIssuer, options: Partial<IssuerKeysOptions> = {}) {
  let nowMs = 0;
  const keys = new IssuerKeys({ loopback: true, nowMs: () => nowMs, timeoutMs: 60_000, ...options });
  return {
    keys,
    source: { kind: "issuer", issuer: idp.issuer } as const,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("keys are fetched once for all who ask at one time, and again when they are old", async (t) => {
  const idp = await testIssuer(t);
  const { keys, source, advance } = keysOf(idp);
  await Promise.all(Array.from({ length: 10 }, () => keys.get(source)));
  await keys.get(source);
  assert.deepEqual(idp.asked, [METADATA, "/keys"]);
  advance(10 * 60_000);
  await keys.get(source);
  assert.equal(idp.asked.length, 4);
  // Withdrawn keys are not used because their issuer cannot be reached.
  advance(10 * 60_000);
  idp.instead.set("/keys", (response) => response.writeHead(404).end());
  await assert.rejects(keys.get(source), /it answered HTTP 404/);
});

test("a failure is kept for a while, and tried again at once for whoever has just named the issuer", async (t) => {
  const idp = await testIssuer(t);
  const { keys, source, advance } = keysOf(idp);
  idp.instead.set(METADATA, (response) => response.writeHead(503).end());
  for (const _ of [1, 2, 3]) await assert.rejects(keys.get(source), /it answered HTTP 503/);
  assert.equal(idp.asked.length, 1);
  await assert.rejects(keys.load(source), /it answered HTTP 503/);
  assert.equal(idp.asked.length, 2);
  idp.instead.clear();
  advance(9_999);
  await assert.rejects(keys.get(source), /it answered HTTP 503/);
  advance(1);
  assert.ok(await keys.get(source));
});

test("an issuer's metadata and keys that are not what they should be are refused", async (t) => {
  const idp = await testIssuer(t);
  const { keys, source } = keysOf(idp);
  const fails = async (path: string, answer: unknown, message: RegExp) => {
    idp.instead.set(path, (response) => sendJson(response, answer));
    await assert.rejects(keys.load(source), message);
    idp.instead.clear();
  };
  const { issuer } = idp;
  await fails(METADATA, { issuer: `${issuer}/`, jwks_uri: `${issuer}/keys` }, /names another issuer/);
  await fails(METADATA, null, /names another issuer/);
  await fails(METADATA, { issuer }, /names no jwks_uri/);
  await fails(METADATA, { issuer, jwks_uri: "file:///etc/passwd" }, /names no jwks_uri/);
  await fails(METADATA, { issuer, jwks_uri: "http://169.254.169.254/keys" }, /names no jwks_uri/);
  // Somewhere else than where the administrator said, only the public network is asked.
  await fails(METADATA, { issuer, jwks_uri: "https://169.254.169.254/keys" }, /not on the public network/);
  await fails(METADATA, { issuer, jwks_uri: "https://[::ffff:10.0.0.1]/keys" }, /not on the public network/);
  await fails("/keys", { keys: "none" }, /no JSON Web Key Set/);
  await fails("/keys", [], /no JSON Web Key Set/);
  await keys.load(source);
});

test("a server that others reach asks no issuer of its own machine", async (t) => {
  const idp = await testIssuer(t);
  const { keys, source } = keysOf(idp, { loopback: false });
  await assert.rejects(keys.load(source), /only while it listens on loopback alone/);
  assert.deepEqual(idp.asked, []);
});

test("what answers too much, too slowly, elsewhere or nothing of use is not waited for", async (t) => {
  const idp = await testIssuer(t);
  const at = new URL(`${idp.issuer}/x`);
  const fetching = (timeoutMs = 60_000) => fetchJson(at, { loopback: true, publicOnly: false, timeoutMs });
  idp.instead.set("/x", (response) => {
    response.writeHead(200);
    const write = () => {
      while (response.write("x".repeat(65_536)));
    };
    response.on("drain", write);
    write();
  });
  await assert.rejects(fetching(), /more than 524288 bytes/);
  idp.instead.set("/x", (response) => response.writeHead(200).write("{"));
  await assert.rejects(fetching(100), /did not answer within 100 ms/);
  idp.instead.set("/x", () => undefined);
  await assert.rejects(fetching(100), /did not answer within 100 ms/);
  idp.instead.set("/x", (response) => response.writeHead(200).end("<html>secret</html>"));
  await assert.rejects(fetching(), (error: Error) => error.message === "it did not answer JSON");
  idp.instead.set("/x", (response) => response.writeHead(301, { location: "/keys" }).end());
  await assert.rejects(fetching(), /it answered HTTP 301/);
  idp.instead.set("/x", (response) => response.socket?.destroy());
  await assert.rejects(fetching(), /it cannot be reached \(ECONNRESET\)/);
  assert.ok(!idp.asked.includes("/keys"));
  idp.instead.set("/x", (response) => sendJson(response, 1));
  assert.equal(await fetching(), 1);
});

test("only what everybody may ask is asked where no administrator has named it", async () => {
  const refused = [
    ["http://example.com", /not an https/],
    ["ftp://example.com", /not an https/],
    ["https://127.0.0.1", /not on the public network/],
    ["https://localhost:1", /not on the public network/],
    ["https://[::1]", /not on the public network/],
    ["https://10.1.2.3", /not on the public network/],
    ["https://172.31.0.1", /not on the public network/],
    ["https://192.168.1.1", /not on the public network/],
    ["https://169.254.169.254", /not on the public network/],
    ["https://100.64.0.1", /not on the public network/],
    ["https://0.0.0.0", /not on the public network/],
    ["https://[fd00::1]", /not on the public network/],
    ["https://[fe80::1]", /not on the public network/],
    ["https://[::ffff:127.0.0.1]", /not on the public network/],
  ] as const;
  for (const [url, message] of refused) {
    await assert.rejects(fetchJson(new URL(url), { loopback: true, publicOnly: true }), message, url);
  }
  // A name's addresses are looked at when they are connected to.
  const resolving = new Promise((resolve, reject) => {
    publicLookup("localhost", {}, (error, address) => (error === null ? resolve(address) : reject(error)));
  });
  await assert.rejects(resolving, /not on the public network/);
});
