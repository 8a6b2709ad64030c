import type { FastifyInstance, FastifyRequest } from "fastify";
import { DATABRICKS_ACCOUNT_OPERATIONS } from "../../contract/databricks-account/operations.ts";
import { permissionDenied } from "../../core/databricks-errors.ts";
import { accountId } from "../../core/ids.ts";
import type { AuditLog } from "../../core/ports/audit.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Workspace } from "../../core/workspace/workspace.ts";
import { accountPlace, notMember } from "../../use-cases/databricks/authenticate-entra.ts";
import type { DatabricksContext } from "../../use-cases/databricks/context.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import { sourceAddress } from "../shared/source-address.ts";
import { readCredential } from "./authorization.ts";
import type { DatabricksCall } from "./call.ts";
import { credentialsHandlers } from "./credentials.ts";
import { customAppIntegrationHandlers } from "./custom-app-integrations.ts";
import { encryptionKeyHandlers } from "./encryption-keys.ts";
import { federationPolicyHandlers } from "./federation-policies.ts";
import type { AccountHandlers } from "./handlers.ts";
import { ipAccessListHandlers } from "./ip-access-lists.ts";
import { logDeliveryHandlers } from "./log-delivery.ts";
import { networkConnectivityHandlers } from "./network-connectivity.ts";
import { networkHandlers } from "./networks.ts";
import { workspaceAssignmentHandlers } from "./permission-assignments.ts";
import { databricksPlugin } from "./plugin.ts";
import { privateAccessSettingsHandlers } from "./private-access-settings.ts";
import { publishedAppHandlers } from "./published-app-integrations.ts";
import { allScimHandlers } from "./scim.ts";
import { servicePrincipalSecretsHandlers } from "./service-principal-secrets.ts";
import { storageConfigurationHandlers } from "./storage-configurations.ts";
import { ruleSetHandlers, settingsHandlers } from "./typed-settings.ts";
import { vpcEndpointHandlers } from "./vpc-endpoints.ts";
import { workspacesHandlers } from "./workspaces.ts";

export const DATABRICKS_ACCOUNT_DIALECT = "databricks-account";

export interface DatabricksOptions {
  readonly useCases: DatabricksUseCases;
  /** See `Store.generation`. */
  readonly generation: () => number | null;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** The URL of a workspace: databricks-account-api.md A12. */
  readonly workspaceUrl: (workspace: Pick<Workspace, "deploymentName" | "port" | "url">) => string;
  /** The URL that it would get now: another one where the settings have changed since. */
  readonly presentUrl: (workspace: Pick<Workspace, "deploymentName" | "port">) => string;
  /** Where deployment names are host names: what comes after the name and a dot; null where they are not. */
  readonly domain: string | null;
}

/** The Databricks account API. */
export function databricksAccountPlugin(options: DatabricksOptions): (app: FastifyInstance) => Promise<void> {
  const { useCases, audit, clock } = options;
  const ruleSets = ruleSetHandlers(useCases);
  const handlers: AccountHandlers = {
    ...credentialsHandlers(useCases),
    ...storageConfigurationHandlers(useCases),
    ...encryptionKeyHandlers(useCases),
    ...vpcEndpointHandlers(useCases),
    ...privateAccessSettingsHandlers(useCases),
    ...networkHandlers(useCases),
    ...servicePrincipalSecretsHandlers(useCases),
    ...networkConnectivityHandlers(useCases),
    ...publishedAppHandlers(useCases),
    ...logDeliveryHandlers(useCases),
    ...customAppIntegrationHandlers(useCases),
    ...federationPolicyHandlers(useCases),
    ...allScimHandlers(useCases),
    ...workspaceAssignmentHandlers(useCases),
    ...ipAccessListHandlers(useCases),
    ...settingsHandlers(useCases),
    "access-control.get-assignable-roles-for-resource": ruleSets.roles,
    "access-control.get-rule-set": ruleSets.get,
    "access-control.update-rule-set": ruleSets.update,
    ...workspacesHandlers(useCases, options),
  };
  const identify = (request: FastifyRequest, call: DatabricksCall) =>
    identifyAccount(useCases, request, call);
  return databricksPlugin({
    dialect: DATABRICKS_ACCOUNT_DIALECT,
    operations: DATABRICKS_ACCOUNT_OPERATIONS,
    elsewhere: { path: "/api/:version/accounts/:account_id/*", access: "account-user" },
    handlers,
    identify,
    generation: options.generation,
    audit,
    clock,
  });
}

/**
 * Throws `UNAUTHENTICATED`, or `PERMISSION_DENIED` where the caller's role does not suffice or the account is another
 * one: whether that exists is not told.
 */
async function identifyAccount(
  useCases: DatabricksUseCases,
  request: FastifyRequest,
  call: DatabricksCall,
): Promise<DatabricksContext> {
  const { account_id: asked = "" } = request.params as { account_id?: string }; // the route's own name
  const account = asked.toLowerCase();
  call.account = account;
  const place = accountPlace(asked);
  const caller = await useCases.authenticate(readCredential(request), accountId(account), place);
  call.caller = caller;
  if (caller.account !== account || caller.workspace !== null) throw notMember(caller, place);
  if (call.operation.access === "account-admin" && !caller.isAccountAdmin)
    throw permissionDenied(`${caller.name} is not an administrator of account ${asked}.`);
  await useCases.refuseAddress({ kind: "account", id: caller.account }, sourceAddress(request));
  return { caller, requestId: request.id, sourceIp: sourceAddress(request) };
}
