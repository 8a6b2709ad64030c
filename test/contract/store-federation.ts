import assert from "node:assert/strict";
import { it } from "node:test";
import type { FederationPolicy } from "../../src/core/federation/federation-policy.ts";
import { accountId } from "../../src/core/ids.ts";
import { DuplicateError, StaleVersionError } from "../../src/core/ports/store.ts";
import { aPrincipal } from "../support/principal-rows.ts";
import type { WithStore } from "./store.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");

const bot = aPrincipal("1", { kind: "service-principal", name: "bot" });

function policy(uid: string, patch: Partial<FederationPolicy> = {}): FederationPolicy {
  return {
    uid,
    account,
    servicePrincipal: null,
    policyId: uid,
    description: null,
    trust: {
      issuer: "https://idp.example.com",
      audiences: ["a"],
      subject: null,
      subjectClaim: null,
      jwksUri: null,
      jwksJson: null,
    },
    trustId: `trust-${uid}`,
    createdAtMs: 1,
    updatedAtMs: 2,
    version: 0,
    ...patch,
  };
}

const written = (row: FederationPolicy) => ({ kind: "federation-policy", row }) as const;

/** What holds of federation policies in every store. */
export function storeFederationContract(withStore: WithStore): void {
  it(
    "a federation policy is found by whose it is, and by what it trusts now",
    withStore(async (store) => {
      const ours = policy("ours", { description: "d" });
      const bots = policy("bots", { servicePrincipal: bot.id, policyId: "ours" });
      const younger = policy("younger", { createdAtMs: 2 });
      await store.commit([
        written(younger),
        written(bots),
        written(ours),
        written(policy("other", { account: accountId("other") })),
        { kind: "principal", row: bot },
      ]);
      const first = { ...ours, version: 1 };
      assert.deepEqual(await store.federationPolicies.of(account, null), [first, { ...younger, version: 1 }]);
      assert.deepEqual(await store.federationPolicies.of(account, bot.id), [{ ...bots, version: 1 }]);
      assert.deepEqual(await store.federationPolicies.of(accountId("other"), bot.id), []);
      assert.deepEqual(await store.federationPolicies.withTrust("trust-ours"), first);

      await store.commit([written({ ...first, trustId: "another", updatedAtMs: 3 })]);
      assert.equal(await store.federationPolicies.withTrust("trust-ours"), null);
      assert.equal((await store.federationPolicies.withTrust("another"))?.updatedAtMs, 3);
    }),
  );

  it(
    "a federation policy is written by whoever saw its last version, and its id is its owner's alone",
    withStore(async (store) => {
      await store.commit([{ kind: "principal", row: bot }, written(policy("a"))]);
      const same = (uid: string) => store.commit([written(policy(uid, { policyId: "a" }))]);
      await assert.rejects(same("b"), DuplicateError);
      const ofBot = (uid: string) =>
        store.commit([written(policy(uid, { policyId: "a", servicePrincipal: bot.id }))]);
      await ofBot("c");
      await assert.rejects(ofBot("d"), DuplicateError);
      await assert.rejects(store.commit([written(policy("a", { version: 2 }))]), StaleVersionError);
      const deleted = (version: number) =>
        store.commit([{ kind: "federation-policy-deleted", uid: "a", version }]);
      await assert.rejects(deleted(2), StaleVersionError);
      await deleted(1);
      await assert.rejects(deleted(1), StaleVersionError);
    }),
  );

  it(
    "a service principal takes its federation policies with it, and none is made without it",
    withStore(async (store) => {
      const bots = written(policy("bots", { servicePrincipal: bot.id }));
      await store.commit([{ kind: "principal", row: bot }, bots]);
      await store.commit([{ kind: "principal-deleted", id: bot.id, version: 1 }]);
      assert.equal(await store.federationPolicies.withTrust("trust-bots"), null);
      await assert.rejects(store.commit([bots]));
    }),
  );
}
