import { doesNotExist, invalidParameter } from "../../core/databricks-errors.ts";
import { NO_REGION, type PrincipalId, principalId } from "../../core/ids.ts";
import type { WorkspaceLevel } from "../../core/ports/account-store.ts";
import type { Principal, PrincipalKind } from "../../core/principal/principal.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

export interface Assignment {
  readonly principal: Principal;
  /** Null where it is no longer assigned. */
  readonly level: WorkspaceLevel | null;
}

/** Who is assigned to a workspace itself, administrators first. */
export async function listAssignments(
  { store }: DatabricksDependencies,
  workspace: WorkspaceObject,
): Promise<readonly Assignment[]> {
  const levels = ["ADMIN", "USER"] as const;
  const found = await Promise.all(
    levels.map(async (level) =>
      (await store.principals.assignedTo(workspace.id, level)).map((principal) => ({ principal, level })),
    ),
  );
  return found.flat();
}

/**
 * Assigns a principal of the account to a workspace, or takes it out where it is to have no permission there. Throws
 * `RESOURCE_DOES_NOT_EXIST` where the account has no such principal and `INVALID_PARAMETER_VALUE` for a permission that
 * there is not.
 */
export function assign(
  { store, clock }: DatabricksDependencies,
  { caller }: DatabricksContext,
  workspace: WorkspaceObject,
  id: string,
  permissions: readonly string[],
): Promise<Assignment> {
  const level = levelOf(permissions);
  return retryStale(async () => {
    const principal = await store.principals.get(workspace.account, principalId(id));
    // A group of a workspace is that workspace's already.
    if (principal === null || principal.workspace !== null)
      throw doesNotExist(`Principal with id ${id} does not exist.`);
    const place = { workspace: workspace.id, principal: principal.id };
    await store.commit([
      level === null
        ? { kind: "workspace-assignment-removed", ...place }
        : { kind: "workspace-assignment", row: { ...place, level } },
      { kind: "event", event: assigned(workspace, principal.id, level, caller.principal, clock.now()) },
    ]);
    return { principal, level };
  });
}

export type NamedPrincipal = { readonly kind: PrincipalKind; readonly name: string };

/** The same by name. */
export async function assignNamed(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  workspace: WorkspaceObject,
  { kind, name }: NamedPrincipal,
  permissions: readonly string[],
): Promise<Assignment> {
  const principal = await dependencies.store.principals.named(workspace.account, kind, name);
  if (principal === null) throw doesNotExist(`Principal ${name} does not exist in the account.`);
  return assign(dependencies, context, workspace, principal.id, permissions);
}

function levelOf(permissions: readonly string[]): WorkspaceLevel | null {
  const unknown = permissions.filter((permission) => permission !== "USER" && permission !== "ADMIN");
  if (unknown.length > 0)
    throw invalidParameter(`permissions: '${unknown.join(", ")}' is not a permission: USER or ADMIN.`);
  if (permissions.includes("ADMIN")) return "ADMIN";
  return permissions.length > 0 ? "USER" : null;
}

function assigned(
  { account, id }: WorkspaceObject,
  principal: PrincipalId,
  level: WorkspaceLevel | null,
  by: PrincipalId,
  nowMs: number,
) {
  return {
    account,
    region: NO_REGION,
    subject: { kind: "principal" as const, id: principal },
    type: level === null ? "principal.unassigned" : "principal.assigned",
    atMs: nowMs,
    detail: { workspace: id, level, by },
  };
}
