import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import { ACCOUNT_STATE } from "../../core/account-object/account.ts";
import { doesNotExist } from "../../core/databricks-errors.ts";
import { type AccountId, accountObjectId } from "../../core/ids.ts";
import type { WorkspaceLevel } from "../../core/ports/account-store.ts";
import type { DescribedPrincipal } from "../../core/principal/described-principal.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import type { DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { describePrincipal, realmOf } from "./realm.ts";

/** The account that a user name is of where a request names none: the only one; null where there are several. */
export async function onlyAccount({ store }: DatabricksDependencies): Promise<AccountId | null> {
  const accounts = await store.accountObjects.inStates("account", [ACCOUNT_STATE]);
  return accounts.length === 1 ? (accounts[0]?.account ?? null) : null;
}

export function workspaceById(
  { store }: DatabricksDependencies,
  id: string,
): Promise<WorkspaceObject | null> {
  return store.accountObjects.workspace(accountObjectId(id));
}

/** @param name a deployment name in lower case */
export async function workspaceDeployedAs(
  { store }: DatabricksDependencies,
  name: string,
): Promise<WorkspaceObject | null> {
  const holder = await store.accountObjects.holding({ scope: "*", kind: "deployment-name", value: name });
  return holder === null ? null : store.accountObjects.workspace(holder.id);
}

/** The workspace that a caller means who names none: that of the token, else the account's only one. */
export async function workspaceOf(
  { store }: DatabricksDependencies,
  caller: DatabricksCaller,
): Promise<WorkspaceObject | null> {
  if (caller.workspace !== null) return store.accountObjects.workspace(caller.workspace);
  const workspaces = await store.accountObjects.list(caller.account, "workspace");
  return workspaces.length === 1 ? (workspaces[0] ?? null) : null;
}

/** What a caller may do in a workspace, by an assignment of its own or of a group; null where it may not be there. */
export async function workspaceLevel(
  { store }: DatabricksDependencies,
  caller: DatabricksCaller,
  workspace: WorkspaceObject,
): Promise<WorkspaceLevel | null> {
  if (caller.account !== workspace.account) return null;
  if (caller.workspace !== null && caller.workspace !== workspace.id) return null;
  const level = await store.workspaceAssignments.levelOf(workspace.id, [caller.principal, ...caller.groups]);
  if (level === null) return null;
  // A workspace's administrators can keep somebody out of it alone.
  const grants = await store.workspaceGrants.of(workspace.id, caller.principal);
  return grants === null || grants.active ? level : null;
}

/** Who the caller is, as the workspace sees it. */
export async function describeCaller(
  { store }: DatabricksDependencies,
  context: WorkspaceContext,
): Promise<DescribedPrincipal> {
  const { account, principal: id } = context.caller;
  const principal = await store.principals.get(account, id);
  if (principal === null) throw doesNotExist(`Principal ${id} does not exist.`);
  return describePrincipal(store, realmOf(context), principal);
}
