import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { RandomIds } from "../../src/cloud/local/ids.ts";
import { FileKeyRing } from "../../src/cloud/local/key-ring.ts";
import { hashPassword, isPassword } from "../../src/core/access/password.ts";
import { hashOfToken } from "../../src/core/access/personal-access-token.ts";
import { LONGEST_TOKEN_SECONDS, type SigningKey } from "../../src/core/access/signing-key.ts";
import type { FederationPolicy } from "../../src/core/federation/federation-policy.ts";
import { type AccountId, accessKeyId, type PrincipalId, principalId } from "../../src/core/ids.ts";
import type { Change, Store } from "../../src/core/ports/store.ts";
import { firstAccount } from "../../src/use-cases/databricks/first-account.ts";
import { resetAdministrator, setPassword } from "../../src/use-cases/databricks/reset-administrator.ts";
import { retryStale } from "../../src/use-cases/retry-stale.ts";
import {
  addSigningKey,
  encryptAnew,
  keepKeys,
  RING_KEY_KEPT_MS,
  retireSigningKeys,
  storedSecrets,
} from "../../src/use-cases/rotate-keys.ts";
import { anAccessKey } from "../support/store-rows.ts";
import type { WithStore } from "./store.ts";

const START_MS = Date.UTC(2026, 10, 22);
const ACCESS_KEYS = 5;
/** Not what is under test, and needed often. */
const PASSWORD_COST = 2;

interface Fixture {
  readonly store: Store;
  readonly ring: FileKeyRing;
  /** As another process has it. */
  openRing(): Promise<FileKeyRing>;
  readonly clock: { nowMs: number; now(): number };
  readonly dependencies: Parameters<typeof resetAdministrator>[0];
  readonly signingKey: (id: string, createdAtMs: number) => SigningKey;
}

function aPolicy(uid: string, account: AccountId, servicePrincipal: PrincipalId | null): FederationPolicy {
  const trust = { issuer: "https://idp.example.com", audiences: [], subject: "s" };
  return {
    uid,
    account,
    servicePrincipal,
    policyId: uid,
    description: null,
    trust: { ...trust, subjectClaim: null, jwksUri: null, jwksJson: null },
    trustId: `trust of ${uid}`,
    createdAtMs: 1,
    updatedAtMs: 1,
    version: 0,
  };
}

/** A store with an account, access keys and a signing key, all encrypted by the first key of a ring. */
async function withSecrets(store: Store, use: (fixture: Fixture) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "firesteel-administration-"));
  try {
    const openRing = () => FileKeyRing.open(join(directory, "keys", "at-rest.key"));
    const ring = await openRing();
    const clock = {
      nowMs: START_MS,
      now() {
        return this.nowMs;
      },
    };
    const dependencies = {
      store,
      clock,
      ids: new RandomIds(clock),
      keyRing: ring,
      randomBytes,
      hashPassword: (password: string, salt: Uint8Array) => hashPassword(password, salt, PASSWORD_COST),
    };
    await firstAccount(dependencies);
    const signingKey = (id: string, createdAtMs: number): SigningKey => ({
      id,
      publicKey: "{}",
      encryptedPrivateKey: ring.encrypt(`private ${id}`),
      createdAtMs,
    });
    await store.commit([
      ...Array.from(
        { length: ACCESS_KEYS },
        (_, index): Change => ({
          kind: "access-key",
          row: anAccessKey(`K${index}`, { encryptedSecret: ring.encrypt(`secret K${index}`) }),
        }),
      ),
      { kind: "signing-key", row: signingKey("first", START_MS) },
    ]);
    await use({ store, ring, openRing, clock, dependencies, signingKey });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Everything that is encrypted is read by a process that starts now; answers how much is not under the newest key. */
async function assertReadable({ store, openRing, dependencies }: Fixture): Promise<number> {
  const ring = await openRing();
  for (const { id, encryptedSecret } of await store.accessKeys.list())
    assert.equal(ring.decrypt(encryptedSecret), `secret ${id}`);
  for (const { id, encryptedPrivateKey } of await store.signingKeys.list())
    assert.equal(ring.decrypt(encryptedPrivateKey), `private ${id}`);
  const { secrets } = await firstAccount({ ...dependencies, keyRing: ring });
  assert.ok(secrets?.password);
  const all = await Promise.all(storedSecrets(store).map(({ list }) => list()));
  assert.equal(all.flat().length, ACCESS_KEYS + 2);
  return all.flat().filter(({ ciphertext }) => !ring.isNewest(ciphertext)).length;
}

/** The store of a process that dies at its commit number `count`: before it, or right after. */
function dyingStore(store: Store, count: number, when: "before" | "after"): Store {
  let commits = 0;
  return new Proxy(store, {
    get(target, member) {
      if (member !== "commit") return Reflect.get(target, member);
      return async (changes: readonly Change[]) => {
        commits += 1;
        if (commits > count || (commits === count && when === "before")) throw new Error("killed");
        await target.commit(changes);
        if (commits === count) throw new Error("killed");
      };
    },
  });
}

export function storeAdministrationContract(withStore: WithStore): void {
  it(
    "a rotation at rest that is killed at any commit leaves all readable, and is gone on with",
    withStore((store) =>
      withSecrets(store, async (fixture) => {
        const { ring, clock } = fixture;
        for (let count = 1; count <= ACCESS_KEYS + 2; count += 1) {
          const before = (await fixture.openRing()).keys();
          const added = await ring.add(clock.now());
          const dying = dyingStore(store, count, count % 2 === 0 ? "before" : "after");
          await assert.rejects(encryptAnew(ring, storedSecrets(dying)), /killed/);
          await assertReadable(fixture);
          const upkeep = { store, ring: await fixture.openRing(), secrets: storedSecrets(store) };
          assert.deepEqual((await keepKeys(upkeep, clock.now())).forgottenKeys, []);
          assert.equal(await assertReadable(fixture), 0);
          clock.nowMs += RING_KEY_KEPT_MS + 1;
          assert.deepEqual((await keepKeys(upkeep, clock.now())).forgottenKeys, before);
          assert.equal(await assertReadable(fixture), 0);
          assert.deepEqual((await fixture.openRing()).keys(), [added]);
        }
      }),
    ),
  );

  it(
    "what a server stores and changes during a rotation at rest is kept, and readable",
    withStore((store) =>
      withSecrets(store, async (fixture) => {
        const server = await fixture.openRing();
        const deactivate = (id: string) =>
          retryStale(async () => {
            const key = await store.accessKeys.get(accessKeyId(id));
            assert.ok(key);
            await store.commit([{ kind: "access-key", row: { ...key, state: "Inactive" } }]);
          });
        await fixture.ring.add(fixture.clock.now());
        const anew = encryptAnew(fixture.ring, storedSecrets(store));
        for (let index = 0; index < ACCESS_KEYS; index += 1) await deactivate(`K${index}`);
        const reset = await resetAdministrator({ ...fixture.dependencies, keyRing: server }, null);
        await anew;
        await encryptAnew(fixture.ring, storedSecrets(store));
        assert.equal(await assertReadable(fixture), 0);
        const states = (await store.accessKeys.list()).map(({ state }) => state);
        assert.deepEqual(new Set(states), new Set(["Inactive"]));
        assert.deepEqual((await firstAccount(fixture.dependencies)).secrets, reset.secrets);
      }),
    ),
  );

  it(
    "a signing key retires once the last token that it signed has expired; the newest never does",
    withStore((store) =>
      withSecrets(store, async ({ clock, signingKey }) => {
        // A clock that was set back.
        clock.nowMs -= 10_000;
        await addSigningKey(store, async (nowMs) => signingKey("second", nowMs), clock.now());
        assert.deepEqual(
          (await store.signingKeys.list()).map(({ id }) => id),
          ["first", "second"],
        );
        clock.nowMs = START_MS + LONGEST_TOKEN_SECONDS * 1000;
        assert.deepEqual(await retireSigningKeys(store, clock.now()), []);
        clock.nowMs += 600_000;
        assert.deepEqual(await retireSigningKeys(store, clock.now()), ["first"]);
        clock.nowMs += 100 * 86_400_000;
        assert.deepEqual(await retireSigningKeys(store, clock.now()), []);
        assert.deepEqual(
          (await store.signingKeys.list()).map(({ id }) => id),
          ["second"],
        );
      }),
    ),
  );

  it(
    "an administrator that is reset has new credentials, and nothing of the old is good; killed, all is as before",
    withStore((store) =>
      withSecrets(store, async ({ dependencies }) => {
        const before = await firstAccount(dependencies);
        const first = before.account.body.firstAdministrators;
        assert.ok(first && before.secrets);
        const row = await store.principals.get(before.account.account, first.user);
        assert.ok(row);
        await store.commit([{ kind: "principal", row: { ...row, active: false, roles: [] } }]);
        const signIn = {
          account: row.account,
          workspace: null,
          principal: row.id,
          clientId: "c",
          integration: null,
        };
        const grant = {
          ...signIn,
          id: "grant",
          scope: "all-apis",
          createdAtMs: 1,
          expiresAtMs: 2,
          version: 0,
        };
        const session = { hash: "session", passwordDigest: "p", createdAtMs: 1, expiresAtMs: 2 };
        await store.commit([
          { kind: "oauth-grant", row: grant },
          { kind: "browser-session", row: { ...session, id: "s", account: row.account, principal: row.id } },
        ]);
        const policy = (uid: string, servicePrincipal: PrincipalId | null) =>
          ({ kind: "federation-policy", row: aPolicy(uid, row.account, servicePrincipal) }) as const;
        await store.commit([policy("own", first.servicePrincipal), policy("account", null)]);
        for (const when of ["before", "after"] as const) {
          const dying = { ...dependencies, store: dyingStore(store, 1, when) };
          await assert.rejects(resetAdministrator(dying, null), /killed/);
          const { secrets } = await firstAccount(dependencies);
          assert.ok(secrets);
          // Whichever they are: the credentials that admin.env gets at the next start are those that are stored.
          assert.equal(secrets.token === before.secrets.token, when === "before");
          assert.ok(await store.personalAccessTokens.withHash(hashOfToken(secrets.token)));
        }
        // The second of those that died had committed already.
        assert.equal(await store.federationPolicies.withTrust("trust of own"), null);
        await store.commit([policy("late", first.servicePrincipal)]);
        const reset = await resetAdministrator(dependencies, before.account.id);
        const { secrets, revoked, user } = reset;
        assert.deepEqual(revoked, {
          password: true,
          personalAccessTokens: 1,
          servicePrincipalSecrets: 1,
          federationPolicies: 1,
        });
        assert.deepEqual(await store.federationPolicies.of(row.account, first.servicePrincipal), []);
        assert.deepEqual(
          reset.accountFederationPolicies.map(({ uid }) => uid),
          ["account"],
        );
        assert.ok(await store.federationPolicies.withTrust("trust of account"));
        assert.equal(await store.oauthGrants.get("grant"), null);
        assert.equal(await store.browserSessions.withHash("session"), null);
        assert.deepEqual([user.id, user.active, user.roles], [row.id, true, ["account_admin"]]);
        assert.equal(await store.personalAccessTokens.withHash(hashOfToken(before.secrets.token)), null);
        assert.equal(
          await store.servicePrincipalSecrets.withHash(hashOfToken(before.secrets.clientSecret)),
          null,
        );
        const password = await store.passwords.of(row.id);
        assert.ok(password && (await isPassword(secrets.password, password.hash)));
        assert.deepEqual((await firstAccount(dependencies)).secrets, secrets);
      }),
    ),
  );

  it(
    "administrators that were removed are made anew",
    withStore((store) =>
      withSecrets(store, async ({ dependencies }) => {
        const { account } = await firstAccount(dependencies);
        const first = account.body.firstAdministrators;
        assert.ok(first);
        for (const id of [first.user, first.servicePrincipal]) {
          const row = await store.principals.get(account.account, principalId(id));
          assert.ok(row);
          await store.commit([{ kind: "principal-deleted", id: row.id, version: row.version }]);
        }
        const { user, servicePrincipal, revoked, secrets } = await resetAdministrator(dependencies, null);
        assert.equal(revoked.password, false);
        assert.ok(user.id !== first.user && servicePrincipal.id !== first.servicePrincipal);
        assert.deepEqual((await store.principals.get(account.account, user.id))?.roles, ["account_admin"]);
        assert.ok(await store.servicePrincipalSecrets.withHash(hashOfToken(secrets.clientSecret)));
      }),
    ),
  );

  it(
    "the administrator's password is the one of admin.env however it is set; nobody else's is",
    withStore((store) =>
      withSecrets(store, async ({ dependencies }) => {
        const { account, secrets } = await firstAccount(dependencies);
        assert.ok(secrets);
        const set = await setPassword(
          dependencies,
          account.id,
          secrets.userName.toUpperCase(),
          "new password",
        );
        assert.equal(set.isOfAdminEnv, true);
        assert.deepEqual((await firstAccount(dependencies)).secrets, {
          ...secrets,
          password: "new password",
        });
        const stored = await store.passwords.of(set.user.id);
        assert.ok(stored && (await isPassword("new password", stored.hash)));
        await assert.rejects(setPassword(dependencies, null, "nobody@example.com", "new password"), {
          message: "User nobody@example.com does not exist.",
        });
        await assert.rejects(setPassword(dependencies, "no-account", "x", "new password"), /does not exist/);
      }),
    ),
  );
}
