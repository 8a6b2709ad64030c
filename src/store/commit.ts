import type { DomainEvent } from "../core/events.ts";
import type { Change } from "../core/ports/store.ts";
import { accessKeyDeletedStatement, accessKeyStatement } from "./access-keys.ts";
import { accountObjectDeletedStatement, accountObjectStatements } from "./account-objects.ts";
import { applicationStatement } from "./applications.ts";
import { bucketStatement } from "./buckets.ts";
import { clientTokenStatement } from "./client-tokens.ts";
import type { Statement } from "./database.ts";
import { effectDoneStatement, effectFailedStatement, effectStatement } from "./effects.ts";
import { eventStatements } from "./events.ts";
import { federationPolicyStatement } from "./federation-policies.ts";
import { jobRunStatement, jobRunsBelowStatement } from "./job-runs.ts";
import { logDeliveryStatement } from "./log-deliveries.ts";
import {
  authorizationCodeStatement,
  browserSessionDeletedStatement,
  browserSessionStatement,
  oauthGrantDeletedStatement,
  oauthGrantStatement,
  refreshTokenStatements,
  signInsEndedStatements,
  signInsExpiredStatements,
} from "./oauth-grants.ts";
import { outgoingMailStatement } from "./outgoing-mails.ts";
import {
  personalAccessTokenChangedStatement,
  personalAccessTokenDeletedStatement,
  personalAccessTokenStatement,
} from "./personal-access-tokens.ts";
import { principalChangeStatement } from "./principals.ts";
import type { Queries } from "./queries.ts";
import {
  clientTokenRemovedStatement,
  eventsRemovedStatement,
  historyServerRemovedStatements,
  jobRunRemovedStatements,
  nodeRenamedStatements,
} from "./retention.ts";
import {
  servicePrincipalSecretDeletedStatement,
  servicePrincipalSecretStatement,
  signingKeyDeletedStatement,
  signingKeySealedStatement,
  signingKeyStatement,
} from "./service-principal-secrets.ts";
import { settingStatement } from "./settings.ts";
import { virtualClusterStatement, virtualClusterUnchangedStatement } from "./virtual-clusters.ts";
import {
  workspaceAssignmentRemovedStatements,
  workspaceAssignmentStatement,
} from "./workspace-assignments.ts";
import { workspaceGrantsStatement } from "./workspace-grants.ts";

/**
 * Rows are written before what refers to them, and all commits lock tables in one order. Events come last: they lock
 * their account's counter, which every other commit of the account waits for.
 */
const ORDER: Record<Change["kind"], number> = {
  "client-token": 0,
  "client-token-removed": 0,
  "access-key": 1,
  "access-key-deleted": 1,
  // Before the groups that are of a workspace.
  "account-object": 1,
  bucket: 2,
  principal: 2,
  "principal-deleted": 2,
  "group-member": 3,
  "group-member-removed": 3,
  password: 3,
  // After its own needs of what goes in the same commit are gone.
  "account-object-deleted": 4,
  // Then what somebody gets who comes back in the same commit.
  "workspace-assignment-removed": 4,
  "workspace-assignment": 5,
  "workspace-grants": 5,
  setting: 5,
  "setting-deleted": 5,
  "personal-access-token": 5,
  "personal-access-token-deleted": 5,
  "personal-access-token-comment": 5,
  "personal-access-token-used": 5,
  "service-principal-secret": 5,
  "service-principal-secret-deleted": 5,
  "federation-policy": 5,
  "federation-policy-deleted": 5,
  "signing-key": 5,
  // Before what the same commit gives them anew.
  "sign-ins-ended": 4,
  "outgoing-mail": 5,
  "outgoing-mail-claimed": 5,
  "outgoing-mail-failed": 5,
  "outgoing-mails-due": 5,
  "outgoing-mail-done": 5,
  "oauth-grant": 5,
  "oauth-grant-deleted": 5,
  // After the grants that they are of.
  "authorization-code": 6,
  "refresh-token": 6,
  "browser-session": 5,
  "browser-session-deleted": 5,
  "sign-ins-expired": 7,
  "signing-key-sealed": 5,
  "signing-key-deleted": 5,
  "virtual-cluster-unchanged": 3,
  "virtual-cluster": 3,
  // After the cluster's own row, whose lock lets another commit end first and then be seen; before this commit's runs.
  "job-runs-below": 4,
  "job-run": 5,
  "job-run-removed": 5,
  "history-server-removed": 6,
  application: 6,
  "node-renamed": 6,
  effect: 7,
  "effect-failed": 7,
  "effect-done": 7,
  "log-delivery": 8,
  event: 9,
  "events-removed": 10,
};

/** The statements of one commit. Changes of one kind keep the order in which they were given. */
export function statementsFor(queries: Queries, changes: readonly Change[]): Statement[] {
  const ordered = changes.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  const statements: Statement[] = [];
  const happened: DomainEvent[] = [];
  for (const change of ordered) {
    if (change.kind === "event") happened.push(change.event);
    else statements.push(...statementsOf(queries, change));
  }
  statements.push(...eventStatements(queries, happened));
  return statements;
}

function statementsOf(queries: Queries, change: Exclude<Change, { kind: "event" }>): Statement[] {
  switch (change.kind) {
    case "job-run-removed":
      return jobRunRemovedStatements(queries, change.id);
    case "history-server-removed":
      return historyServerRemovedStatements(queries, change.id);
    case "node-renamed":
      return nodeRenamedStatements(queries, change.from, change.to);
    case "account-object":
      return accountObjectStatements(queries, change);
    case "workspace-assignment-removed":
      return workspaceAssignmentRemovedStatements(queries, change);
    case "refresh-token":
      return refreshTokenStatements(queries, change.row);
    case "sign-ins-ended":
      return signInsEndedStatements(queries, change.principal);
    case "sign-ins-expired":
      return signInsExpiredStatements(queries, change.beforeMs);
    default:
      return [statementFor(queries, change)];
  }
}

function statementFor(
  queries: Queries,
  change: Exclude<
    Change,
    {
      kind:
        | "event"
        | "job-run-removed"
        | "history-server-removed"
        | "node-renamed"
        | "account-object"
        | "workspace-assignment-removed"
        | "refresh-token"
        | "sign-ins-ended"
        | "sign-ins-expired";
    }
  >,
): Statement {
  switch (change.kind) {
    case "virtual-cluster":
      return virtualClusterStatement(queries, change.row);
    case "virtual-cluster-unchanged":
      return virtualClusterUnchangedStatement(queries, change.id, change.version);
    case "job-runs-below":
      return jobRunsBelowStatement(queries, change);
    case "job-run":
      return jobRunStatement(queries, change.row);
    case "application":
      return applicationStatement(queries, change.row);
    case "access-key":
      return accessKeyStatement(queries, change.row);
    case "access-key-deleted":
      return accessKeyDeletedStatement(queries, change.id);
    case "client-token":
      return clientTokenStatement(queries, change.row);
    case "client-token-removed":
      return clientTokenRemovedStatement(queries, change.key);
    case "events-removed":
      return eventsRemovedStatement(queries, change.account, change.throughCursor);
    case "bucket":
      return bucketStatement(queries, change);
    case "effect":
      return effectStatement(queries, change.effect);
    case "effect-done":
      return effectDoneStatement(queries, change.id);
    case "effect-failed":
      return effectFailedStatement(queries, change);
    case "log-delivery":
      return logDeliveryStatement(queries, change.row);
    case "account-object-deleted":
      return accountObjectDeletedStatement(queries, change.id, change.version);
    case "principal":
    case "principal-deleted":
    case "group-member":
    case "group-member-removed":
    case "password":
      return principalChangeStatement(queries, change);
    case "workspace-assignment":
      return workspaceAssignmentStatement(queries, change.row);
    case "workspace-grants":
      return workspaceGrantsStatement(queries, change.row);
    case "setting":
    case "setting-deleted":
      return settingStatement(queries, change);
    case "personal-access-token":
      return personalAccessTokenStatement(queries, change.row);
    case "personal-access-token-deleted":
      return personalAccessTokenDeletedStatement(queries, change.id);
    case "personal-access-token-comment":
    case "personal-access-token-used":
      return personalAccessTokenChangedStatement(queries, change);
    case "service-principal-secret":
      return servicePrincipalSecretStatement(queries, change.row);
    case "service-principal-secret-deleted":
      return servicePrincipalSecretDeletedStatement(queries, change.id);
    case "federation-policy":
    case "federation-policy-deleted":
      return federationPolicyStatement(queries, change);
    case "signing-key":
      return signingKeyStatement(queries, change.row);
    case "outgoing-mail":
    case "outgoing-mail-claimed":
    case "outgoing-mail-failed":
    case "outgoing-mails-due":
    case "outgoing-mail-done":
      return outgoingMailStatement(queries, change);
    case "authorization-code":
      return authorizationCodeStatement(queries, change.row);
    case "oauth-grant":
      return oauthGrantStatement(queries, change.row);
    case "oauth-grant-deleted":
      return oauthGrantDeletedStatement(queries, change.id);
    case "browser-session":
      return browserSessionStatement(queries, change.row);
    case "browser-session-deleted":
      return browserSessionDeletedStatement(queries, change.id);
    case "signing-key-sealed":
      return signingKeySealedStatement(queries, change);
    case "signing-key-deleted":
      return signingKeyDeletedStatement(queries, change.id);
  }
}
