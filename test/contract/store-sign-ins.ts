import assert from "node:assert/strict";
import { it } from "node:test";
import type { AuthorizationCode, BrowserSession, OAuthGrant } from "../../src/core/access/oauth-grant.ts";
import { accountId, principalId } from "../../src/core/ids.ts";
import { StaleVersionError, type Store } from "../../src/core/ports/store.ts";
import { aPrincipal } from "../support/principal-rows.ts";
import type { WithStore } from "./store.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");
const principal = principalId("1");
const common = { account, workspace: null, principal, clientId: "c", integration: null, scope: "all-apis" };

const code = (hash: string, patch: Partial<AuthorizationCode> = {}): AuthorizationCode => ({
  ...common,
  hash,
  redirectUri: "http://localhost:1",
  challenge: "x",
  expiresAtMs: 10,
  grant: null,
  version: 0,
  ...patch,
});
const grant = (id: string, patch: Partial<OAuthGrant> = {}): OAuthGrant => ({
  ...common,
  id,
  createdAtMs: 1,
  expiresAtMs: 10,
  version: 0,
  ...patch,
});
const session = (id: string): BrowserSession => ({
  id,
  account,
  principal,
  hash: `hash ${id}`,
  passwordDigest: "p",
  createdAtMs: 1,
  expiresAtMs: 10,
});

async function makeUser(store: Store): Promise<void> {
  await store.commit([{ kind: "principal", row: aPrincipal(principal, { account }) }]);
}

/** What holds of authorization codes, grants, refresh tokens and browser sessions in every store. */
export function storeSignInsContract(withStore: WithStore): void {
  it(
    "of commits that exchange one code, and of those that refresh one grant, one is stored",
    withStore(async (store) => {
      await makeUser(store);
      await store.commit([{ kind: "authorization-code", row: code("c") }]);
      const stored = await store.authorizationCodes.withHash("c");
      assert.deepEqual(stored, code("c", { version: 1 }));
      const exchange = (id: string) =>
        store.commit([
          { kind: "authorization-code", row: { ...code("c"), grant: id, version: 1 } },
          { kind: "oauth-grant", row: grant(id) },
          { kind: "refresh-token", row: { hash: `r ${id}`, grant: id, generation: 1 } },
        ]);
      const outcomes = await Promise.allSettled(["1", "2", "3"].map(exchange));
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      assert.deepEqual(
        refused.map(({ reason }) => reason instanceof StaleVersionError),
        [true, true],
      );
      const id = (await store.authorizationCodes.withHash("c"))?.grant ?? assert.fail();
      assert.deepEqual(await store.oauthGrants.get(id), grant(id, { version: 1 }));
      assert.deepEqual(await store.refreshTokens.withHash(`r ${id}`), {
        hash: `r ${id}`,
        grant: id,
        generation: 1,
      });
      const refresh = (hash: string) =>
        store.commit([
          { kind: "oauth-grant", row: grant(id, { version: 1, expiresAtMs: 20 }) },
          { kind: "refresh-token", row: { hash, grant: id, generation: 2 } },
        ]);
      await refresh("second");
      await assert.rejects(refresh("third"), StaleVersionError);
      assert.equal(await store.refreshTokens.withHash("third"), null);
      assert.deepEqual(await store.oauthGrants.get(id), grant(id, { version: 2, expiresAtMs: 20 }));
    }),
  );

  it(
    "a grant takes its refresh tokens with it, and a user all of theirs",
    withStore(async (store) => {
      await makeUser(store);
      await store.commit([
        { kind: "refresh-token", row: { hash: "r", grant: "g", generation: 1 } },
        { kind: "oauth-grant", row: grant("g") },
        { kind: "oauth-grant", row: grant("h") },
        { kind: "authorization-code", row: code("c") },
        { kind: "browser-session", row: session("s") },
      ]);
      await store.commit([{ kind: "oauth-grant-deleted", id: "g" }]);
      assert.equal(await store.refreshTokens.withHash("r"), null);
      assert.deepEqual(await store.browserSessions.withHash("hash s"), session("s"));
      await store.commit([{ kind: "principal-deleted", id: principal, version: 1 }]);
      assert.equal(await store.oauthGrants.get("h"), null);
      assert.equal(await store.authorizationCodes.withHash("c"), null);
      assert.equal(await store.browserSessions.withHash("hash s"), null);
    }),
  );

  it(
    "a thousand used refresh tokens of a grant are known, and older ones forgotten",
    withStore(async (store) => {
      await makeUser(store);
      const used = (generation: number) =>
        ({ kind: "refresh-token", row: { hash: `r${generation}`, grant: "g", generation } }) as const;
      await store.commit([{ kind: "oauth-grant", row: grant("g") }, used(1), used(2), used(1001)]);
      assert.equal(await store.refreshTokens.withHash("r1"), null);
      assert.equal((await store.refreshTokens.withHash("r2"))?.generation, 2);
    }),
  );

  it(
    "what has ended is removed, and nothing else",
    withStore(async (store) => {
      await makeUser(store);
      await store.commit([
        { kind: "oauth-grant", row: grant("old") },
        { kind: "oauth-grant", row: grant("new", { expiresAtMs: 11 }) },
        { kind: "authorization-code", row: code("old") },
        { kind: "authorization-code", row: code("new", { expiresAtMs: 11 }) },
        { kind: "browser-session", row: session("s") },
      ]);
      await store.commit([{ kind: "browser-session-deleted", id: "another" }]);
      await store.commit([{ kind: "sign-ins-expired", beforeMs: 10 }]);
      assert.deepEqual(
        [await store.oauthGrants.get("old"), await store.authorizationCodes.withHash("old")],
        [null, null],
      );
      assert.equal(await store.browserSessions.withHash("hash s"), null);
      assert.ok(await store.oauthGrants.get("new"));
      assert.ok(await store.authorizationCodes.withHash("new"));
    }),
  );
}
