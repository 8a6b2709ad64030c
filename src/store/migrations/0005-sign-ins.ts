import type { Migration } from "./migration.ts";

/** What people let programs do for them, and who is logged in with a browser. */
export const signIns: Migration = {
  number: 5,
  name: "sign-ins",
  statements: ({ text, integer, tableOptions }) => [
    `create table authorization_codes (
      hash ${text} not null primary key,
      account ${text} not null,
      workspace_id ${text} references account_objects (id) on delete cascade,
      principal_id ${text} not null references principals (id) on delete cascade,
      client_id ${text} not null,
      integration_id ${text} references account_objects (id) on delete cascade,
      redirect_uri ${text} not null,
      challenge ${text} not null,
      scope ${text} not null,
      expires_at_ms ${integer} not null,
      grant_id ${text},
      version ${integer} not null
    ) ${tableOptions}`,
    `create table oauth_grants (
      id ${text} not null primary key,
      account ${text} not null,
      workspace_id ${text} references account_objects (id) on delete cascade,
      principal_id ${text} not null references principals (id) on delete cascade,
      client_id ${text} not null,
      integration_id ${text} references account_objects (id) on delete cascade,
      scope ${text} not null,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer} not null,
      version ${integer} not null
    ) ${tableOptions}`,
    // Used ones too: they are how somebody is seen who uses one again.
    `create table refresh_tokens (
      hash ${text} not null primary key,
      grant_id ${text} not null references oauth_grants (id) on delete cascade,
      generation ${integer} not null
    ) ${tableOptions}`,
    `create table browser_sessions (
      id ${text} not null primary key,
      account ${text} not null,
      principal_id ${text} not null references principals (id) on delete cascade,
      hash ${text} not null unique,
      password_digest ${text} not null,
      created_at_ms ${integer} not null,
      expires_at_ms ${integer} not null
    ) ${tableOptions}`,
    "create unique index refresh_tokens_by_grant on refresh_tokens (grant_id, generation)",
    "create index authorization_codes_by_end on authorization_codes (expires_at_ms)",
    "create index oauth_grants_by_end on oauth_grants (expires_at_ms)",
    "create index browser_sessions_by_end on browser_sessions (expires_at_ms)",
    // For the cascades.
    "create index authorization_codes_by_principal on authorization_codes (principal_id)",
    "create index oauth_grants_by_principal on oauth_grants (principal_id)",
    "create index browser_sessions_by_principal on browser_sessions (principal_id)",
    "create index authorization_codes_by_workspace on authorization_codes (workspace_id) where workspace_id is not null",
    "create index authorization_codes_by_integration on authorization_codes (integration_id) where integration_id is not null",
    "create index oauth_grants_by_integration on oauth_grants (integration_id) where integration_id is not null",
    "create index oauth_grants_by_workspace on oauth_grants (workspace_id) where workspace_id is not null",
  ],
};
