import type { AccountObject, AccountObjectKind } from "../../core/account-object/account-object.ts";
import type { AccountId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import { deleteAccountObject, getAccountObject } from "./account-objects.ts";
import { refuseAddress } from "./address-check.ts";
import { issueForAssertion } from "./assertion-grant.ts";
import { assign, assignNamed, listAssignments } from "./assignments.ts";
import { authenticate } from "./authenticate.ts";
import { entraSignIn } from "./authenticate-entra.ts";
import { askingClient, giveCode, issueForCode } from "./authorization-codes.ts";
import { logIn, logOut, sessionCaller } from "./browser-sessions.ts";
import { listDatabricksRuntimes, listZones } from "./compute-choices.ts";
import type { DatabricksContext } from "./context.ts";
import { createCredentials } from "./credentials.ts";
import {
  changeCustomAppIntegration,
  createCustomAppIntegration,
  creatorsOfApps,
} from "./custom-app-integrations.ts";
import { createCustomerManagedKey } from "./customer-managed-keys.ts";
import { exchangeToken } from "./exchange-token.ts";
import {
  changeFederationPolicy,
  createFederationPolicy,
  deleteFederationPolicy,
  getFederationPolicy,
  listFederationPolicies,
} from "./federation-policies.ts";
import {
  describeCaller,
  onlyAccount,
  workspaceById,
  workspaceDeployedAs,
  workspaceLevel,
  workspaceOf,
} from "./find-workspace.ts";
import {
  changeIpAccessList,
  createIpAccessList,
  deleteIpAccessList,
  getIpAccessList,
  listIpAccessLists,
} from "./ip-access-lists.ts";
import { issueForClient } from "./issue-access-token.ts";
import { listPrincipals } from "./list-principals.ts";
import { changeLogDeliveryState, createLogDelivery } from "./log-deliveries.ts";
import {
  changePrivateEndpointRule,
  createNetworkConnectivity,
  createPrivateEndpointRule,
  deleteNetworkConnectivity,
  deletePrivateEndpointRule,
  getPrivateEndpointRule,
  privateEndpointRules,
} from "./network-connectivity.ts";
import { createNetwork, workspaceOfNetwork } from "./networks.ts";
import { oauthClientById } from "./oauth-clients.ts";
import { issueForRefreshToken, revokeOAuthToken } from "./oauth-grants.ts";
import { getPermissions, permissionLevels, setPermissions } from "./object-permissions.ts";
import {
  createPrincipal,
  deletePrincipal,
  getPrincipal,
  patchPrincipal,
  replacePrincipal,
} from "./principals.ts";
import { createPrivateAccessSettings, replacePrivateAccessSettings } from "./private-access-settings.ts";
import {
  changePublishedAppIntegration,
  createPublishedAppIntegration,
} from "./published-app-integrations.ts";
import { assignableRoles, getRuleSet, replaceRuleSet } from "./rule-sets.ts";
import {
  createServicePrincipalSecret,
  deleteServicePrincipalSecret,
  listServicePrincipalSecrets,
} from "./service-principal-secrets.ts";
import { createStorageConfiguration } from "./storage-configurations.ts";

import {
  changeToken,
  createToken,
  createTokenOnBehalf,
  deleteToken,
  getToken,
  listTokens,
  listWorkspaceTokens,
} from "./tokens.ts";

import { changeTypedSetting, getTypedSetting, resetTypedSetting } from "./typed-settings.ts";

import { createVpcEndpoint, getVpcEndpoint, listVpcEndpoints } from "./vpc-endpoints.ts";
import { getWorkspaceConf, setWorkspaceConf } from "./workspace-conf.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";
import {
  changeWorkspace,
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  unsentMails,
} from "./workspaces.ts";

/** A use case without its first parameter, the dependencies. */
type Bound<UseCase> = UseCase extends (
  dependencies: WorkspaceDependencies,
  ...rest: infer Rest
) => infer Answer
  ? (...rest: Rest) => Answer
  : never;

/** The use cases that stand for themselves; each is one capability, described where it is. */
const USE_CASES = {
  authenticate,
  entraSignIn,
  onlyAccount,
  workspaceById,
  workspaceDeployedAs,
  workspaceOf,
  workspaceLevel,
  describeCaller,
  listDatabricksRuntimes,
  listZones,
  issueForClient,
  issueForAssertion,
  askingClient,
  giveCode,
  issueForCode,
  issueForRefreshToken,
  revokeOAuthToken,
  logIn,
  sessionCaller,
  logOut,
  exchangeToken,
  createToken,
  createTokenOnBehalf,
  listTokens,
  listWorkspaceTokens,
  getToken,
  changeToken,
  deleteToken,
  createServicePrincipalSecret,
  listServicePrincipalSecrets,
  deleteServicePrincipalSecret,
  createFederationPolicy,
  listFederationPolicies,
  getFederationPolicy,
  changeFederationPolicy,
  deleteFederationPolicy,
  createCredentials,
  createStorageConfiguration,
  createCustomerManagedKey,
  createVpcEndpoint,
  getVpcEndpoint,
  listVpcEndpoints,
  createPrivateAccessSettings,
  replacePrivateAccessSettings,
  createNetwork,
  workspaceOfNetwork,
  createNetworkConnectivity,
  deleteNetworkConnectivity,
  privateEndpointRules,
  getPrivateEndpointRule,
  createPrivateEndpointRule,
  changePrivateEndpointRule,
  deletePrivateEndpointRule,
  createPublishedAppIntegration,
  changePublishedAppIntegration,
  createLogDelivery,
  changeLogDeliveryState,
  createCustomAppIntegration,
  changeCustomAppIntegration,
  creatorsOfApps,
  oauthClientById,
  createWorkspace,
  getWorkspace,
  changeWorkspace,
  deleteWorkspace,
  unsentMails,
  listPrincipals,
  getPrincipal,
  createPrincipal,
  replacePrincipal,
  patchPrincipal,
  deletePrincipal,
  listAssignments,
  assign,
  assignNamed,
  refuseAddress,
  listIpAccessLists,
  getIpAccessList,
  createIpAccessList,
  changeIpAccessList,
  deleteIpAccessList,
  getWorkspaceConf,
  setWorkspaceConf,
  getTypedSetting,
  changeTypedSetting,
  resetTypedSetting,
  assignableRoles,
  getRuleSet,
  replaceRuleSet,
  permissionLevels,
  getPermissions,
  setPermissions,
} as const;

type UseCases = { readonly [Name in keyof typeof USE_CASES]: Bound<(typeof USE_CASES)[Name]> };

/** What the Databricks dialects may ask. */
export interface DatabricksUseCases extends UseCases {
  /** By which others can check access tokens: the members of a JSON Web Key Set. */
  accessTokenKeys(): Promise<readonly Json[]>;
  get<Kind extends AccountObjectKind>(
    account: AccountId,
    kind: Kind,
    id: string,
  ): Promise<AccountObject<Kind>>;
  /** Oldest first. */
  list<Kind extends AccountObjectKind>(
    account: AccountId,
    kind: Kind,
  ): Promise<readonly AccountObject<Kind>[]>;
  delete<Kind extends AccountObjectKind>(
    context: DatabricksContext,
    kind: Kind,
    id: string,
  ): Promise<AccountObject<Kind>>;
}

export function databricksUseCases(dependencies: WorkspaceDependencies): DatabricksUseCases {
  const bound = Object.fromEntries(
    Object.entries(USE_CASES).map(([name, useCase]) => [
      name,
      // Each takes the dependencies first; a loop over the table cannot express what comes after.
      (...rest: unknown[]) => (useCase as (...given: unknown[]) => unknown)(dependencies, ...rest),
    ]),
  ) as unknown as UseCases;
  return {
    ...bound,
    accessTokenKeys: () => dependencies.accessTokens.publicKeys(),
    get: (account, kind, id) => getAccountObject(dependencies, account, kind, id),
    list: (account, kind) => dependencies.store.accountObjects.list(account, kind),
    delete: (context, kind, id) => deleteAccountObject(dependencies, context, kind, id),
  };
}
