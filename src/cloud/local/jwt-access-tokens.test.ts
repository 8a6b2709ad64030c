import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from "jose";
import { temporaryDirectory } from "../../../test/support/temporary.ts";
import type { SigningKey } from "../../core/access/signing-key.ts";
import { accountId, accountObjectId, principalId } from "../../core/ids.ts";
import type { AccessTokenClaims } from "../../core/ports/access-tokens.ts";
import type { Store } from "../../core/ports/store.ts";
import { JwtAccessTokens } from "./jwt-access-tokens.ts";
import { FileKeyRing } from "./key-ring.ts";
import { newSigningKey } from "./signing-key-pair.ts";

const CLAIMS: AccessTokenClaims = {
  issuer: "http://127.0.0.1",
  account: accountId("a"),
  workspace: null,
  principal: principalId("1"),
  subject: "s",
  clientId: "c",
  scope: "all-apis",
  credential: "x",
};
/** Of a token for an hour, at the time that these servers have. */
const READ = { ...CLAIMS, expiresAtMs: 1_000_000 + 3_600_000 };

/** Signing keys in memory, and servers on them that share a clock. */
async function servers(context: TestContext) {
  const keyRing = await FileKeyRing.open(join(await temporaryDirectory(context), "keys", "at-rest.key"));
  const keys: SigningKey[] = [];
  // What is asked of the store here, and no more.
  const store = {
    signingKeys: { list: async () => [...keys] },
    commit: async (changes: readonly { readonly row: SigningKey }[]) =>
      void keys.push(...changes.map(({ row }) => row)),
  } as unknown as Store;
  const steady = { nowMs: 0, now: () => steady.nowMs };
  let ids = 0;
  const options = {
    store,
    keyRing,
    clock: { now: () => 1_000_000 },
    ids: { uuid: () => `key-${++ids}` },
    steadyClock: steady,
  };
  return {
    keys,
    keyRing,
    steady,
    start: () => new JwtAccessTokens(options),
    rotate: async () => void keys.push(await newSigningKey(`key-${++ids}`, keyRing, keys.length)),
  };
}

test("a key that another process adds signs at once, and older ones check until they are deleted", async (context) => {
  const { keys, steady, start, rotate } = await servers(context);
  const server = start();
  const old = await server.issue(CLAIMS, 3600);
  assert.deepEqual(await server.read(old), READ);
  await rotate();
  const fresh = await server.issue(CLAIMS, 3600);
  assert.notEqual(fresh.split(".")[0], old.split(".")[0]);
  assert.deepEqual([await server.read(old), await server.read(fresh)], [READ, READ]);
  keys.shift();
  steady.nowMs += 60_000;
  assert.deepEqual([await server.read(old), await server.read(fresh)], [null, READ]);
});

test("a token of this server's own key for another audience, of another type or after its time is none", async (context) => {
  const { keys, keyRing, start } = await servers(context);
  const server = start();
  const good = await server.issue({ ...CLAIMS, workspace: accountObjectId("7") }, 3600);
  const claims = decodeJwt(good);
  assert.equal(claims.aud, "7");
  const key = await importJWK(JSON.parse(keyRing.decrypt(keys[0]?.encryptedPrivateKey ?? "")), "RS256");
  const signed = (change: object, typ = "at+jwt") =>
    new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ ...decodeProtectedHeader(good), alg: "RS256", typ })
      .sign(key);
  assert.deepEqual(await server.read(await signed({})), await server.read(good));
  for (const aud of ["8", "a", ["7", "8"], [], undefined])
    assert.equal(await server.read(await signed({ aud })), null, `audience ${aud}`);
  assert.equal(
    await server.read(await signed({ workspace_id: null })),
    null,
    "the account, by one for a workspace",
  );
  assert.equal(await server.read(await signed({ exp: 999 })), null, "expired");
  assert.equal(await server.read(await signed({}, "JWT")), null, "another type");
});

test("calls that come at the same instant to a server that has just started are all let in", async (context) => {
  const { start } = await servers(context);
  const token = await start().issue(CLAIMS, 3600);
  const fresh = start();
  const read = await Promise.all(Array.from({ length: 5 }, () => fresh.read(token)));
  assert.deepEqual(read, Array(5).fill(READ));
});

test("no token outlives the time after which its key may be gone", async (context) => {
  const { start } = await servers(context);
  await assert.rejects(start().issue(CLAIMS, 86_401), /lives for 86400 s at most/);
});
