import { WORKSPACE_CONF } from "../../core/access/token-policy.ts";
import { DomainError } from "../../core/errors.ts";
import type { WorkspaceId } from "../../core/ids.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import { ipAccessLists, refuseLockOut } from "./address-check.ts";
import type { DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { changeDocument, readDocument } from "./documents.ts";

/** The keys of databricks-workspace-api.md C16 and others that clients set. */
const KEYS: ReadonlySet<string> = new Set([
  "enableDbfsFileBrowser",
  "enableDcs",
  "enableDeprecatedClusterNamedInitScripts",
  "enableDeprecatedGlobalInitScripts",
  "enableExportNotebook",
  "enableIpAccessLists",
  "enableJobViewAcls",
  "enableNotebookTableClipboard",
  "enableProjectTypeInWorkspace",
  "enableProjectsAllowList",
  "enableResultsDownloading",
  "enableTokensConfig",
  "enableUploadDataUis",
  "enableVerboseAuditLogs",
  "enableWebTerminal",
  "enableWorkspaceFilesystem",
  "enforceClusterViewAcls",
  "enforceUserIsolation",
  "enforceWorkspaceViewAcls",
  "maxTokenLifetimeDays",
  "maxUserInactivityDays",
  "mlflowModelRegistryEmailNotificationsEnabled",
  "mlflowModelServingEndpointCreationEnabled",
  "projectsAllowList",
  "rStudioUserDefaultHomeBase",
  "reproduceNotebookDownloads",
  "storeInteractiveNotebookResultsInCustomerAccount",
]);
type Conf = Readonly<Record<string, string>>;

/** What has been set in a workspace; all else has its default. */
export async function workspaceConf(store: AccountStore, workspace: WorkspaceId): Promise<Conf> {
  return (await readDocument<Conf>(store, workspace, WORKSPACE_CONF, {})).body;
}

/** The values of some keys; null where one was never set. Throws `INVALID_REQUEST` for a key that there is not. */
export async function getWorkspaceConf(
  { store }: DatabricksDependencies,
  { workspace }: WorkspaceContext,
  keys: readonly string[],
): Promise<Readonly<Record<string, string | null>>> {
  refuseUnknown(keys);
  const conf = await workspaceConf(store, workspace.id);
  return Object.fromEntries(keys.map((key) => [key, conf[key] ?? null]));
}

/**
 * Sets values. Throws `INVALID_REQUEST` for a key that there is not or a value that is no text, and `INVALID_STATE`
 * where the caller's own address could not call any more.
 */
export async function setWorkspaceConf(
  dependencies: DatabricksDependencies,
  { workspace, sourceIp }: WorkspaceContext,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  refuseUnknown(Object.keys(values));
  const texts = Object.entries(values).map(([key, value]): [string, string] => {
    if (typeof value !== "string") throw invalidRequest(`The value of ${key} must be a string.`);
    if (SWITCH.test(key) && !/^(true|false)?$/i.test(value))
      throw invalidRequest(`The value of ${key} must be "true" or "false".`);
    if (key.startsWith("max") && !/^\d{0,6}$/.test(value))
      throw invalidRequest(`The value of ${key} must be a number of days.`);
    return [key, SWITCH.test(key) ? value.toLowerCase() : value];
  });
  if (Object.fromEntries(texts).enableIpAccessLists === "true") {
    const place = { kind: "workspace", id: workspace.id } as const;
    refuseLockOut(sourceIp, await ipAccessLists(dependencies.store, place));
  }
  await changeDocument<Conf>(dependencies, workspace.id, WORKSPACE_CONF, {}, ({ body }) => ({
    ...body,
    ...Object.fromEntries(texts),
  }));
}

/** Keys whose values switch something on or off. */
const SWITCH = /^(enable|enforce)/;

function refuseUnknown(keys: readonly string[]): void {
  const unknown = keys.filter((key) => !KEYS.has(key));
  if (unknown.length > 0) throw invalidRequest(`Invalid keys: ${JSON.stringify(unknown)}`);
}

function invalidRequest(message: string): DomainError {
  return new DomainError("invalid", message, { code: "INVALID_REQUEST" });
}
