import type { FederationPolicy } from "../core/federation/federation-policy.ts";
import type { AccountChange, AccountStore } from "../core/ports/account-store.ts";
import type { FederationPolicyTable } from "./account-schema.ts";
import { type Database, readOne, type Statement, statement } from "./database.ts";
import { fromJsonText, toJsonText } from "./json-text.ts";
import type { Queries } from "./queries.ts";

export function federationPolicies(database: Database): AccountStore["federationPolicies"] {
  const all = database.queries.selectFrom("federation_policies").selectAll();
  return {
    async of(account, servicePrincipal) {
      const ofAccount = all.where("account", "=", account).orderBy("created_at_ms").orderBy("uid");
      const rows = await database.read(
        servicePrincipal === null
          ? ofAccount.where("principal_id", "is", null)
          : ofAccount.where("principal_id", "=", servicePrincipal),
      );
      return rows.map(policyOf);
    },
    async withTrust(trustId) {
      const row = await readOne(database, all.where("trust_id", "=", trustId));
      return row && policyOf(row);
    },
  };
}

export function federationPolicyStatement(
  queries: Queries,
  change: Extract<AccountChange, { kind: "federation-policy" | "federation-policy-deleted" }>,
): Statement {
  if (change.kind === "federation-policy-deleted") {
    return statement(
      queries
        .deleteFrom("federation_policies")
        .where("uid", "=", change.uid)
        .where("version", "=", change.version),
      `federation policy ${change.uid} is no longer at version ${change.version}`,
    );
  }
  const { row } = change;
  const changing = {
    description: row.description,
    trust: toJsonText(row.trust),
    trust_id: row.trustId,
    updated_at_ms: row.updatedAtMs,
    version: row.version + 1,
  };
  if (row.version === 0) {
    return statement(
      queries.insertInto("federation_policies").values({
        uid: row.uid,
        account: row.account,
        principal_id: row.servicePrincipal,
        policy_id: row.policyId,
        created_at_ms: row.createdAtMs,
        ...changing,
      }),
    );
  }
  return statement(
    queries
      .updateTable("federation_policies")
      .set(changing)
      .where("uid", "=", row.uid)
      .where("version", "=", row.version),
    `federation policy ${row.uid} is no longer at version ${row.version}`,
  );
}

function policyOf(row: FederationPolicyTable): FederationPolicy {
  return {
    uid: row.uid,
    account: row.account,
    servicePrincipal: row.principal_id,
    policyId: row.policy_id,
    description: row.description,
    trust: fromJsonText(row.trust),
    trustId: row.trust_id,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
  };
}
