import assert from "node:assert/strict";
import { it } from "node:test";
import type { ServicePrincipalSecret } from "../../src/core/access/service-principal-secret.ts";
import { type AccountObject, nameClaim } from "../../src/core/account-object/account-object.ts";
import { accountId, accountObjectId, principalId } from "../../src/core/ids.ts";
import type { AccountChange } from "../../src/core/ports/account-store.ts";
import { DuplicateError, StaleVersionError } from "../../src/core/ports/store.ts";
import type { Principal, PrincipalKind } from "../../src/core/principal/principal.ts";
import { aPrincipal } from "../support/principal-rows.ts";
import type { WithStore } from "./store.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");

const ACCOUNT = {
  deploymentPrefix: null,
  pricingTier: "ENTERPRISE",
  firstAdministrators: null,
} as const;

function credentials(
  id: string,
  patch: Partial<AccountObject<"credentials">> = {},
): AccountObject<"credentials"> {
  return {
    id: accountObjectId(id),
    account,
    kind: "credentials",
    name: id,
    state: null,
    body: { roleArn: `arn:aws:iam::123456789012:role/${id}` },
    createdAtMs: 1,
    version: 0,
    ...patch,
  };
}

function written(
  row: AccountObject,
  parts: Partial<Extract<AccountChange, { kind: "account-object" }>> = {},
): AccountChange {
  return { kind: "account-object", row, claims: [nameClaim(row)], needs: [], limits: [], ...parts };
}

function principal(id: string, kind: PrincipalKind, name = id): Principal {
  return aPrincipal(id, { kind, name });
}

function secret({ id, account }: Principal): ServicePrincipalSecret {
  return { id: "secret", account, principal: id, hash: "s", createdAtMs: 1, expiresAtMs: 2 };
}

/** What holds of Databricks accounts' rows in every store. */
export function storeAccountsContract(withStore: WithStore): void {
  it(
    "a limit of claims holds, however many commit at once, and against a change too",
    withStore(async (store) => {
      const limit = { scope: account, kind: "credentials-name", max: 7 };
      await store.commit([written({ ...credentials(account), kind: "account", body: ACCOUNT })]);
      const committed = await Promise.allSettled(
        Array.from({ length: 40 }, (_, i) =>
          store.commit([written(credentials(`c${i}`), { limits: [limit] })]),
        ),
      );
      const refused = committed.filter((each) => each.status === "rejected");
      assert.equal(refused.length, 33);
      for (const { reason } of refused) assert.ok(reason instanceof StaleVersionError, String(reason));
      const [first] = await store.accountObjects.list(account, "credentials");
      assert.ok(first);
      await store.commit([written(first, { limits: [limit] })]);
      const again = { ...first, version: 2 };
      const lower = { ...limit, max: 6 };
      await assert.rejects(store.commit([written(again, { limits: [lower] })]), StaleVersionError);
      await store.commit([written(again, { claims: [], limits: [lower] })]);
    }),
  );

  it(
    "an account object is read as it was written, by its account and kind alone",
    withStore(async (store) => {
      const first = credentials("first");
      await store.commit([written(credentials("second", { createdAtMs: 2 })), written(first)]);
      assert.deepEqual(await store.accountObjects.get(account, "credentials", first.id), {
        ...first,
        version: 1,
      });
      assert.equal(await store.accountObjects.get(accountId("other"), "credentials", first.id), null);
      assert.equal(await store.accountObjects.get(account, "storage-configuration", first.id), null);
      const listed = await store.accountObjects.list(account, "credentials");
      assert.deepEqual(
        listed.map(({ id }) => id),
        ["first", "second"],
      );
      const names = { scope: account, kind: "credentials-name" };
      assert.equal(await store.accountObjects.countClaims(names, accountObjectId("none")), 2);
      assert.equal(await store.accountObjects.countClaims(names, first.id), 1);
    }),
  );

  it(
    "a claimed value belongs to one object until that is gone or claims another",
    withStore(async (store) => {
      const first = credentials("first");
      await store.commit([written(first)]);
      const second = credentials("second", { name: "first" });
      await assert.rejects(store.commit([written(second)]), DuplicateError);
      assert.equal((await store.accountObjects.holding(nameClaim(first)))?.id, first.id);

      await store.commit([written({ ...first, name: "renamed", version: 1 })]);
      assert.equal(await store.accountObjects.holding(nameClaim(first)), null);
      await store.commit([written(second)]);
      await store.commit([{ kind: "account-object-deleted", id: second.id, version: 1 }]);
      assert.equal(await store.accountObjects.holding(nameClaim(second)), null);
    }),
  );

  it(
    "a needed object stays until nothing needs it, and one that is gone cannot be needed",
    withStore(async (store) => {
      const needed = credentials("needed");
      const user = credentials("user");
      await store.commit([written(needed), written(user, { needs: [needed.id] })]);
      assert.deepEqual(
        (await store.accountObjects.needing(needed.id)).map(({ id }) => id),
        ["user"],
      );
      const deleted: AccountChange = { kind: "account-object-deleted", id: needed.id, version: 1 };
      await assert.rejects(store.commit([deleted]), StaleVersionError);

      await store.commit([written({ ...user, version: 1 })]);
      await store.commit([deleted]);
      const late = written({ ...user, version: 2 }, { needs: [needed.id] });
      await assert.rejects(store.commit([late]), StaleVersionError);
    }),
  );

  it(
    "a stale write of an object or a principal changes nothing",
    withStore(async (store) => {
      const row = credentials("row");
      const user = principal("1", "user");
      await store.commit([written(row), { kind: "principal", row: user }]);
      await assert.rejects(store.commit([written({ ...row, name: "other", version: 2 })]), StaleVersionError);
      const stale: AccountChange = { kind: "principal", row: { ...user, active: false, version: 2 } };
      await assert.rejects(store.commit([stale]), StaleVersionError);
      assert.equal((await store.accountObjects.get(account, "credentials", row.id))?.name, "row");
      assert.equal((await store.principals.get(account, user.id))?.active, true);
    }),
  );

  it(
    "principals are found by name without regard to case, one of each kind",
    withStore(async (store) => {
      await store.commit([
        { kind: "principal", row: principal("1", "user", "Ann@Example.com") },
        { kind: "principal", row: principal("2", "group", "ann@example.com") },
      ]);
      assert.equal((await store.principals.named(account, "user", "ann@example.COM"))?.id, "1");
      const twin: AccountChange = { kind: "principal", row: principal("3", "user", "ANN@example.com") };
      await assert.rejects(store.commit([twin]), DuplicateError);
    }),
  );

  it(
    "groups are found at any depth, each once, also where they hold each other",
    withStore(async (store) => {
      const rows = [
        principal("1", "user"),
        principal("2", "group"),
        principal("3", "group"),
        principal("4", "group"),
      ];
      const member = (group: string, of: string): AccountChange => ({
        kind: "group-member",
        group: principalId(group),
        member: principalId(of),
      });
      await store.commit([
        ...rows.map((row): AccountChange => ({ kind: "principal", row })),
        member("2", "1"),
        member("3", "2"),
        member("2", "3"),
        member("2", "1"),
      ]);
      const groups = await store.principals.groupsOf(principalId("1"));
      assert.deepEqual(
        groups.map(({ id }) => id),
        ["2", "3"],
      );
      const members = await store.principals.membersOf(principalId("2"));
      assert.deepEqual(
        members.map(({ id }) => id),
        ["1", "3"],
      );
    }),
  );

  it(
    "a principal that is deleted takes its password, tokens and memberships with it",
    withStore(async (store) => {
      const user = principal("1", "user");
      await store.commit([
        { kind: "principal", row: user },
        { kind: "principal", row: principal("2", "group") },
        { kind: "group-member", group: principalId("2"), member: user.id },
        { kind: "password", row: { principal: user.id, hash: "a" } },
        { kind: "password", row: { principal: user.id, hash: "b" } },
        {
          kind: "personal-access-token",
          row: {
            id: "t",
            account,
            workspace: null,
            principal: user.id,
            createdBy: user.id,
            createdByName: "1",
            hash: "h",
            comment: "",
            createdAtMs: 1,
            expiresAtMs: null,
            lastUsedDayMs: null,
          },
        },
        { kind: "service-principal-secret", row: secret(user) },
      ]);
      assert.deepEqual(await store.servicePrincipalSecrets.withHash("s"), secret(user));
      assert.deepEqual(await store.servicePrincipalSecrets.of(user.id), [secret(user)]);
      assert.equal((await store.passwords.of(user.id))?.hash, "b");
      assert.equal((await store.personalAccessTokens.withHash("h"))?.id, "t");
      await store.commit([{ kind: "principal-deleted", id: user.id, version: 1 }]);
      assert.equal(await store.passwords.of(user.id), null);
      assert.equal(await store.servicePrincipalSecrets.get("secret"), null);
      assert.equal(await store.personalAccessTokens.withHash("h"), null);
      assert.deepEqual(await store.principals.membersOf(principalId("2")), []);
    }),
  );

  it(
    "a secret that is deleted is gone, once and for all; signing keys are listed by their making",
    withStore(async (store) => {
      const program = principal("1", "service-principal");
      await store.commit([
        { kind: "service-principal-secret", row: secret(program) },
        { kind: "principal", row: program },
      ]);
      const deleted: AccountChange = { kind: "service-principal-secret-deleted", id: "secret" };
      await store.commit([deleted]);
      await store.commit([deleted]);
      assert.deepEqual(await store.servicePrincipalSecrets.of(program.id), []);
      const key = (id: string, createdAtMs: number) => ({
        id,
        publicKey: "{}",
        encryptedPrivateKey: "c",
        createdAtMs,
      });
      await store.commit([{ kind: "signing-key", row: key("a", 2) }]);
      await store.commit([{ kind: "signing-key", row: key("b", 1) }]);
      assert.deepEqual(await store.signingKeys.list(), [key("b", 1), key("a", 2)]);
    }),
  );
}
