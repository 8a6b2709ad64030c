import type { AccountId, PrincipalId } from "../../core/ids.ts";
import type { AccountStore, WorkspaceAssignment } from "../../core/ports/account-store.ts";
import {
  type DescribedPrincipal,
  displayNameOf,
  type GroupReference,
  type MemberReference,
} from "../../core/principal/described-principal.ts";
import { isReserved, type Principal, RESERVED_GROUPS } from "../../core/principal/principal.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import type { DatabricksContext, WorkspaceContext } from "./context.ts";

/** Where principals are looked at: SCIM is the same in an account and in each of its workspaces. */
export interface Realm {
  readonly account: AccountId;
  readonly workspace: WorkspaceObject | null;
}

export function realmOf(context: DatabricksContext | WorkspaceContext): Realm {
  return { account: context.caller.account, workspace: "workspace" in context ? context.workspace : null };
}

/** Whether a principal is seen in a realm; in a workspace, by an assignment of its own or of a group that it is in. */
export async function isInRealm(
  store: AccountStore,
  { account, workspace }: Realm,
  principal: Principal,
): Promise<boolean> {
  if (principal.account !== account) return false;
  if (workspace === null) return principal.workspace === null;
  if (principal.workspace !== null) return principal.workspace === workspace.id;
  const groups = principal.kind === "group" ? [] : await store.principals.groupsOf(principal.id);
  const ids = [principal.id, ...groups.map(({ id }) => id)];
  return (await store.workspaceAssignments.levelOf(workspace.id, ids)) !== null;
}

/** A principal as the realm sees it; it must be seen there. `list-principals.ts` does the same for many. */
export async function describePrincipal(
  store: AccountStore,
  realm: Realm,
  principal: Principal,
): Promise<DescribedPrincipal> {
  const groups = await store.principals.groupsOf(principal.id);
  const direct = new Set(await store.principals.directGroupsOf(principal.id));
  const { workspace } = realm;
  const others = groups.filter(({ id }) => id !== principal.id);
  if (workspace === null) {
    return {
      principal,
      active: principal.active,
      roles: principal.roles,
      entitlements: [],
      groups: others
        .filter((group) => group.workspace === null)
        .map(({ id, name }) => ({ id, name, direct: direct.has(id) })),
      members: await membersIn(store, realm, principal),
    };
  }
  const ids = [principal.id, ...others.map(({ id }) => id)];
  const assignments = await store.workspaceAssignments.among(workspace.id, ids);
  const grants = await store.workspaceGrants.of(workspace.id, principal.id);
  return {
    principal,
    active: principal.active && (grants?.active ?? true),
    roles: grants?.roles ?? [],
    entitlements: grants?.entitlements ?? [],
    groups: groupsInWorkspace(
      workspace,
      principal,
      others,
      direct,
      new Map(assignments.map((each) => [each.principal, each])),
      await reservedGroups(store, workspace),
    ),
    members: await membersIn(store, realm, principal),
  };
}

export async function reservedGroups(
  store: AccountStore,
  workspace: WorkspaceObject,
): Promise<readonly Principal[]> {
  const named = await Promise.all(
    RESERVED_GROUPS.map((name) => store.principals.named(workspace.account, "group", name, workspace.id)),
  );
  return named.filter((group) => group !== null);
}

/**
 * The groups that a workspace shows of a principal: those that are assigned to it or are its own, and the reserved
 * ones, whose members are what the assignments say.
 */
export function groupsInWorkspace(
  workspace: WorkspaceObject,
  principal: Principal,
  groups: readonly Principal[],
  direct: ReadonlySet<PrincipalId>,
  assignments: ReadonlyMap<PrincipalId, WorkspaceAssignment>,
  reserved: readonly Principal[],
): readonly GroupReference[] {
  const isAdmin = (id: PrincipalId) => assignments.get(id)?.level === "ADMIN";
  const own = reserved.flatMap((group): readonly GroupReference[] => {
    const { id, name } = group;
    if (id === principal.id) return [];
    if (name === "users") return principal.kind === "group" ? [] : [{ id, name, direct: true }];
    if (isAdmin(principal.id)) return [{ id, name, direct: true }];
    return groups.some((each) => isAdmin(each.id)) ? [{ id, name, direct: false }] : [];
  });
  const others = groups
    .filter(
      (group) => group.workspace === workspace.id || (group.workspace === null && assignments.has(group.id)),
    )
    .map(({ id, name }) => ({ id, name, direct: direct.has(id) }));
  return [...own, ...others];
}

/** The direct members of a group; of a reserved one, what the assignments say. */
async function membersIn(
  store: AccountStore,
  { workspace }: Realm,
  group: Principal,
): Promise<readonly MemberReference[]> {
  if (group.kind !== "group") return [];
  if (workspace === null || !isReserved(group))
    return (await store.principals.membersOf(group.id)).map(memberReference);
  if (group.name === "users") {
    const users = await store.principals.inWorkspace(workspace.id, "user");
    const servicePrincipals = await store.principals.inWorkspace(workspace.id, "service-principal");
    return [...users, ...servicePrincipals].map(memberReference);
  }
  return (await store.principals.assignedTo(workspace.id, "ADMIN")).map(memberReference);
}

export function memberReference(principal: Principal): MemberReference {
  return { id: principal.id, kind: principal.kind, display: displayNameOf(principal) };
}
