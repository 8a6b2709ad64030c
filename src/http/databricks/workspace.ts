import type { FastifyInstance, FastifyRequest } from "fastify";
import { DATABRICKS_WORKSPACE_OPERATIONS } from "../../contract/databricks-workspace/operations.ts";
import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { invalidParameter, permissionDenied } from "../../core/databricks-errors.ts";
import type { DomainError } from "../../core/errors.ts";
import { refuseUnusable } from "../../core/workspace/decide.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import { notMember, workspacePlace } from "../../use-cases/databricks/authenticate-entra.ts";
import type { WorkspaceContext } from "../../use-cases/databricks/context.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import { sourceAddress } from "../shared/source-address.ts";
import type { DatabricksOptions } from "./account.ts";
import { readCredential } from "./authorization.ts";
import type { DatabricksCall } from "./call.ts";
import { clustersHandlers } from "./clusters.ts";
import { currentUserHandlers } from "./current-user.ts";
import type { WorkspaceHandlers } from "./handlers.ts";
import { ipAccessListHandlers } from "./ip-access-lists.ts";
import { permissionAssignmentHandlers } from "./permission-assignments.ts";
import { permissionsHandlers } from "./permissions.ts";
import { databricksPlugin, noSuchApi, UNKNOWN_OPERATION } from "./plugin.ts";
import { allScimHandlers } from "./scim.ts";
import { servicePrincipalSecretsProxyHandlers } from "./service-principal-secrets.ts";
import { tokensHandlers } from "./tokens.ts";
import { ruleSetHandlers, settingsHandlers } from "./typed-settings.ts";
import { workspaceConfHandlers } from "./workspace-conf.ts";
import { type NamedWorkspace, namedWorkspace } from "./workspace-target.ts";

export const DATABRICKS_WORKSPACE_DIALECT = "databricks-workspace";

/** The API of every workspace: which one a request is for, its address, headers or credential say. */
export function databricksWorkspacePlugin(
  options: DatabricksOptions,
): (app: FastifyInstance) => Promise<void> {
  const { useCases, audit, clock } = options;
  const ruleSets = ruleSetHandlers(useCases);
  const handlers: WorkspaceHandlers = {
    ...currentUserHandlers(useCases),
    ...clustersHandlers(useCases),
    ...allScimHandlers(useCases),
    ...permissionAssignmentHandlers(useCases),
    ...permissionsHandlers(useCases),
    ...workspaceConfHandlers(useCases),
    ...ipAccessListHandlers(useCases),
    ...settingsHandlers(useCases),
    "account-access-control-proxy.get-assignable-roles-for-resource": ruleSets.roles,
    "account-access-control-proxy.get-rule-set": ruleSets.get,
    "account-access-control-proxy.update-rule-set": ruleSets.update,
    ...servicePrincipalSecretsProxyHandlers(useCases),
    ...tokensHandlers(useCases),
    "telemetry.upload": async (_context, { protoLogs = [] }) => ({
      errors: [],
      numProtoSuccess: protoLogs.length,
    }),
  };
  return databricksPlugin({
    dialect: DATABRICKS_WORKSPACE_DIALECT,
    operations: DATABRICKS_WORKSPACE_OPERATIONS,
    elsewhere: { path: "/api/*", access: "workspace-user" },
    handlers,
    identify: (request, call) => identifyWorkspace(options, request, call),
    generation: options.generation,
    audit,
    clock,
  });
}

async function identifyWorkspace(
  { useCases, domain }: DatabricksOptions,
  request: FastifyRequest,
  call: DatabricksCall,
): Promise<WorkspaceContext> {
  const named = namedWorkspace(request, domain);
  const found = await findNamed(useCases, named);
  call.account = found?.account ?? null;
  const presented = readCredential(request);
  const account = found?.account ?? (await useCases.onlyAccount());
  const caller = await useCases.authenticate(
    presented,
    account,
    workspacePlace(found?.id ?? named?.text ?? null),
  );
  call.caller = caller;
  call.account = caller.account;
  const workspace = named === null ? await useCases.workspaceOf(caller) : found;
  if (workspace === null) {
    if (named !== null) throw nowhere(caller, named);
    // No workspace has it, whichever is meant.
    if (call.operation.name === UNKNOWN_OPERATION) throw noSuchApi(request);
    throw invalidParameter(
      "Which workspace is meant? Use the workspace's own URL, or send its id in the header X-Databricks-Workspace-Id.",
    );
  }
  const level = await useCases.workspaceLevel(caller, workspace);
  if (level === null) throw notMember(caller, workspacePlace(workspace.id));
  call.workspace = workspace.id;
  if (call.operation.access === "workspace-admin" && level !== "ADMIN")
    throw permissionDenied(`${caller.name} is not an administrator of workspace ${workspace.id}.`);
  refuseUnusable(workspace);
  await useCases.refuseAddress({ kind: "workspace", id: workspace.id }, sourceAddress(request));
  return { caller, workspace, requestId: request.id, sourceIp: sourceAddress(request) };
}

/** Whether any of the workspaces is there is not told. */
function nowhere(caller: DatabricksCaller, { names, text }: NamedWorkspace): DomainError {
  return names.length === 1
    ? notMember(caller, workspacePlace(text))
    : permissionDenied(
        `The request names its workspace in more than one way, by address, headers or ?o=: ${text}. They have to name one, of which ${caller.name} is a member.`,
      );
}

/** The workspace that a request names; null where there is none, or where it names two. */
export async function findNamed(
  useCases: DatabricksUseCases,
  named: NamedWorkspace | null,
): Promise<WorkspaceObject | null> {
  if (named === null) return null;
  const found = await Promise.all(
    named.names.map((name) =>
      name.kind === "id" ? byId(useCases, name.value) : useCases.workspaceDeployedAs(name.value),
    ),
  );
  const [first] = found;
  return first !== undefined && found.every((each) => each?.id === first?.id) ? first : null;
}

/** What is not all digits is no workspace's id, and may be no text that a database takes. */
async function byId(useCases: DatabricksUseCases, id: string): Promise<WorkspaceObject | null> {
  return /^\d+$/.test(id) ? useCases.workspaceById(id) : null;
}
