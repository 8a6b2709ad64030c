import type { Migration } from "./migration.ts";
import { countsChangesOf } from "./rare-changes.ts";

/** Counts what changes beside runs: see `rare-changes.ts`. */
export const rareChanges: Migration = {
  number: 8,
  name: "rare-changes",
  statements: ({ kind, integer, tableOptions }) =>
    kind === "postgres"
      ? []
      : [
          `create table rare_changes (number ${integer} not null) ${tableOptions}`,
          "insert into rare_changes (number) values (0)",
          ...countsChangesOf("virtual_clusters", "when old.version <> new.version"),
          ...[
            "access_keys",
            "buckets",
            "account_objects",
            "account_object_claims",
            "account_object_needs",
            "principals",
            "group_members",
            "workspace_assignments",
            "workspace_grants",
            "settings",
            "passwords",
            "personal_access_tokens",
            "service_principal_secrets",
            "signing_keys",
            "authorization_codes",
            "oauth_grants",
            "refresh_tokens",
            "browser_sessions",
            "federation_policies",
            "outgoing_mails",
          ].flatMap((table) => countsChangesOf(table)),
        ],
};
