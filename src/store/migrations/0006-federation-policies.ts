import type { Migration } from "./migration.ts";

/** Whose tokens are exchanged for the account's own. */
export const federationPolicies: Migration = {
  number: 6,
  name: "federation-policies",
  statements: ({ text, integer, tableOptions }) => [
    `create table federation_policies (
      uid ${text} not null primary key,
      account ${text} not null,
      principal_id ${text} references principals (id) on delete cascade,
      policy_id ${text} not null,
      description ${text},
      trust ${text} not null,
      trust_id ${text} not null unique,
      created_at_ms ${integer} not null,
      updated_at_ms ${integer} not null,
      version ${integer} not null
    ) ${tableOptions}`,
    "create unique index federation_policies_of_accounts on federation_policies (account, policy_id) where principal_id is null",
    "create unique index federation_policies_of_principals on federation_policies (principal_id, policy_id) where principal_id is not null",
  ],
};
