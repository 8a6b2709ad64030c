import type { Store } from "../core/ports/store.ts";
import { accessKeys } from "./access-keys.ts";
import { accountObjects } from "./account-objects.ts";
import { applications } from "./applications.ts";
import { buckets } from "./buckets.ts";
import { clientTokens } from "./client-tokens.ts";
import { statementsFor } from "./commit.ts";
import type { Database } from "./database.ts";
import { effects } from "./effects.ts";
import { events } from "./events.ts";
import { federationPolicies } from "./federation-policies.ts";
import { jobRuns } from "./job-runs.ts";
import { logDeliveries } from "./log-deliveries.ts";
import { oauthGrants } from "./oauth-grants.ts";
import { outgoingMails } from "./outgoing-mails.ts";
import { personalAccessTokens } from "./personal-access-tokens.ts";
import { passwords, principals } from "./principals.ts";
import { retention } from "./retention.ts";
import { servicePrincipalSecrets, signingKeys } from "./service-principal-secrets.ts";
import { settings } from "./settings.ts";
import { virtualClusters } from "./virtual-clusters.ts";
import { workspaceAssignments } from "./workspace-assignments.ts";
import { workspaceGrants } from "./workspace-grants.ts";

/** The store over any database that is at the newest migration. */
export function storeOn(database: Database): Store {
  return {
    async commit(changes) {
      if (changes.length > 0) await database.write(statementsFor(database.queries, changes));
    },
    virtualClusters: virtualClusters(database),
    jobRuns: jobRuns(database),
    applications: applications(database),
    clientTokens: clientTokens(database),
    accessKeys: accessKeys(database),
    buckets: buckets(database),
    effects: effects(database),
    events: events(database),
    logDeliveries: logDeliveries(database),
    retention: retention(database),
    accountObjects: accountObjects(database),
    principals: principals(database),
    passwords: passwords(database),
    workspaceAssignments: workspaceAssignments(database),
    workspaceGrants: workspaceGrants(database),
    settings: settings(database),
    personalAccessTokens: personalAccessTokens(database),
    servicePrincipalSecrets: servicePrincipalSecrets(database),
    federationPolicies: federationPolicies(database),
    signingKeys: signingKeys(database),
    outgoingMails: outgoingMails(database),
    ...oauthGrants(database),
    generation: () => database.generation(),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
