import type { ColumnTypes, Migration } from "./migration.ts";

/**
 * Databricks accounts: the objects that administrators make, with what they claim for themselves and what they need,
 * and the principals with their credentials.
 */
export const databricksAccounts: Migration = {
  number: 3,
  name: "databricks-accounts",
  statements: (types) => [...tables(types), ...INDEXES],
};

function tables({ text, integer, tableOptions }: ColumnTypes): string[] {
  return [
    `create table account_objects (
      id ${text} not null primary key,
      account ${text} not null,
      kind ${text} not null,
      name ${text} not null,
      state ${text},
      body ${text} not null,
      created_at_ms ${integer} not null,
      version ${integer} not null
    ) ${tableOptions}`,
    `create table account_object_claims (
      scope ${text} not null,
      kind ${text} not null,
      value ${text} not null,
      object_id ${text} not null references account_objects (id) on delete cascade,
      primary key (scope, kind, value)
    ) ${tableOptions}`,
    // A needed object cannot be deleted: what `on delete` says of it is to refuse.
    `create table account_object_needs (
      object_id ${text} not null references account_objects (id) on delete cascade,
      needed_id ${text} not null references account_objects (id),
      primary key (object_id, needed_id)
    ) ${tableOptions}`,
    `create table principals (
      id ${text} not null primary key,
      account ${text} not null,
      kind ${text} not null,
      workspace_id ${text} references account_objects (id) on delete cascade,
      name ${text} not null,
      name_key ${text} not null,
      display_name ${text},
      external_id ${text},
      active ${integer} not null,
      roles ${text} not null,
      person ${text},
      created_at_ms ${integer} not null,
      version ${integer} not null
    ) ${tableOptions}`,
    `create table group_members (
      group_id ${text} not null references principals (id) on delete cascade,
      member_id ${text} not null references principals (id) on delete cascade,
      primary key (group_id, member_id)
    ) ${tableOptions}`,
    `create table workspace_assignments (
      workspace_id ${text} not null references account_objects (id) on delete cascade,
      principal_id ${text} not null references principals (id) on delete cascade,
      level ${text} not null,
      primary key (workspace_id, principal_id)
    ) ${tableOptions}`,
    // What a principal may do in a workspace beside being there, as SCIM sets it.
    `create table workspace_grants (
      workspace_id ${text} not null references account_objects (id) on delete cascade,
      principal_id ${text} not null references principals (id) on delete cascade,
      entitlements ${text} not null,
      roles ${text} not null,
      active ${integer} not null,
      version ${integer} not null,
      primary key (workspace_id, principal_id)
    ) ${tableOptions}`,
    // Documents of an account or a workspace, of which there is one of each name.
    `create table settings (
      owner_id ${text} not null references account_objects (id) on delete cascade,
      name ${text} not null,
      body ${text} not null,
      version ${integer} not null,
      primary key (owner_id, name)
    ) ${tableOptions}`,
    `create table passwords (
      principal_id ${text} not null primary key references principals (id) on delete cascade,
      hash ${text} not null
    ) ${tableOptions}`,
    `create table personal_access_tokens (
      id ${text} not null primary key,
      account ${text} not null,
      workspace_id ${text} references account_objects (id) on delete cascade,
      principal_id ${text} not null references principals (id) on delete cascade,
      created_by_id ${text} not null,
      created_by_name ${text} not null,
      hash ${text} not null unique,
      comment ${text} not null,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer},
      last_used_day_ms ${integer}
    ) ${tableOptions}`,
    `create table service_principal_secrets (
      id ${text} not null primary key,
      account ${text} not null,
      principal_id ${text} not null references principals (id) on delete cascade,
      hash ${text} not null unique,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer} not null
    ) ${tableOptions}`,
    `create table signing_keys (
      id ${text} not null primary key,
      public_key ${text} not null,
      encrypted_private_key ${text} not null,
      created_at_ms ${integer} not null
    ) ${tableOptions}`,
  ];
}

const INDEXES = [
  "create index account_objects_by_kind on account_objects (account, kind, created_at_ms, id)",
  "create index account_objects_by_state on account_objects (kind, state, created_at_ms, id) where state is not null",
  "create index account_object_claims_by_object on account_object_claims (object_id)",
  "create index account_object_needs_by_needed on account_object_needs (needed_id)",
  "create unique index principals_by_name on principals (account, kind, name_key) where workspace_id is null",
  "create unique index principals_by_workspace_name on principals (workspace_id, kind, name_key) where workspace_id is not null",
  "create index principals_by_age on principals (account, kind, created_at_ms, id)",
  "create index workspace_grants_by_principal on workspace_grants (principal_id)",
  "create index group_members_by_member on group_members (member_id)",
  "create index workspace_assignments_by_principal on workspace_assignments (principal_id)",
  "create index personal_access_tokens_by_principal on personal_access_tokens (principal_id, created_at_ms, id)",
  "create index service_principal_secrets_by_principal on service_principal_secrets (principal_id, created_at_ms, id)",
  "create index personal_access_tokens_by_workspace on personal_access_tokens (workspace_id) where workspace_id is not null",
];
