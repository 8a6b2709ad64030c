import type { DatabricksCaller } from "../../../core/access/databricks-caller.ts";
import { permissionDenied } from "../../../core/databricks-errors.ts";
import type { AccountId } from "../../../core/ids.ts";
import type { WorkspaceLevel } from "../../../core/ports/account-store.ts";
import type { WorkspaceObject } from "../../../core/workspace/workspace.ts";
import type { DatabricksUseCases } from "../../../use-cases/databricks/use-cases.ts";

/** What somebody visits: a workspace, or the account itself. */
export interface Place {
  readonly account: AccountId;
  readonly workspace: WorkspaceObject | null;
}

export function placeName({ account, workspace }: Place): string {
  return workspace === null ? `account ${account}` : `workspace ${workspace.body.deploymentName}`;
}

/**
 * Answers what a visitor may do in a workspace; null for the account. Throws `PERMISSION_DENIED` where they may not be
 * there, or not from where they are.
 */
export async function refuseVisitor(
  useCases: DatabricksUseCases,
  place: Place,
  caller: DatabricksCaller,
  address: string,
): Promise<WorkspaceLevel | null> {
  const { account, workspace } = place;
  const level = workspace === null ? null : await useCases.workspaceLevel(caller, workspace);
  if (caller.account !== account || (workspace !== null && level === null))
    throw permissionDenied(`${caller.name} is not a member of ${placeName(place)}.`);
  await useCases.refuseAddress(
    workspace === null ? { kind: "account", id: account } : { kind: "workspace", id: workspace.id },
    address,
  );
  return level;
}
