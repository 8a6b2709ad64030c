import type { PrincipalId } from "../../core/ids.ts";
import { principalId } from "../../core/ids.ts";
import type { AccountChange, AccountStore } from "../../core/ports/account-store.ts";
import { type DescribedPrincipal, scimAttributesOf } from "../../core/principal/described-principal.ts";
import { isReserved, nameKey, type Principal } from "../../core/principal/principal.ts";
import { scimError } from "../../core/principal/scim-error.ts";
import type { ScimAttributes, ScimValue } from "../../core/principal/scim-patch.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import { isInRealm, type Realm } from "./realm.ts";

const immutable = (what: string) => scimError("invalid", "mutability", `${what} cannot be changed.`);
const invalidValue = (detail: string) => scimError("invalid", "invalidValue", detail);

/**
 * The changes that make a principal what its attributes say. A replacement leaves out what its client does not know:
 * then groups that the realm cannot change stay as they are. Throws a SCIM error where something cannot be so.
 */
export async function changesOf(
  store: AccountStore,
  realm: Realm,
  before: DescribedPrincipal,
  after: ScimAttributes,
  how: "patch" | "replace",
): Promise<readonly AccountChange[]> {
  const { principal } = before;
  const row = changedPrincipal(realm, before, after);
  const changes: AccountChange[] = isSame(row, principal) ? [] : [{ kind: "principal", row }];
  const grants = await changedGrants(store, realm, before, after);
  if (grants !== null) changes.push(grants);

  const wasIn = scimAttributesOf(before).groups.map(({ value }) => value);
  const groups: Principal[] = [];
  // What a client read and sends back names the groups of groups, too.
  for (const { value, type } of after.groups)
    if (type?.toLowerCase() !== "indirect") groups.push(await groupMeant(store, realm, value));
  for (const group of groups)
    if (!wasIn.includes(group.id)) changes.push(...memberAdded(realm, group, principal));
  for (const id of wasIn) {
    if (groups.some((group) => group.id === id)) continue;
    const group = await store.principals.get(realm.account, principalId(id));
    if (group === null || (how === "replace" && !mayLeave(realm, group))) continue;
    changes.push(...memberRemoved(realm, group, principal.id));
  }
  if (principal.kind === "group") changes.push(...(await changedMembers(store, realm, before, after)));
  return changes;
}

/** Every principal of a workspace is in its `users`, and the account's groups are the account's to change. */
function mayLeave({ workspace }: Realm, group: Principal): boolean {
  return workspace === null || (group.workspace !== null && group.name !== "users");
}

function changedPrincipal(
  { workspace }: Realm,
  before: DescribedPrincipal,
  after: ScimAttributes,
): Principal {
  const { principal } = before;
  const wanted = { user: after.userName, "service-principal": after.applicationId, group: after.displayName };
  const name = wanted[principal.kind];
  if (principal.kind === "group") {
    if (name === null || name === "") throw invalidValue("A group needs a displayName.");
    if (name !== principal.name && (isReserved(principal) || principal.workspace !== (workspace?.id ?? null)))
      throw immutable(`The name of group ${principal.name}`);
  } else if (name !== null && nameKey(name) !== nameKey(principal.name)) {
    throw immutable(principal.kind === "user" ? "userName" : "applicationId");
  }
  // A workspace changes its own groups only.
  if (principal.kind === "group" && principal.workspace !== (workspace?.id ?? null)) return principal;
  // Who a user is, is the account's to say once it has one: a workspace's administrator could otherwise rename its administrators. The
  // service lets no workspace with identity federation change it, and passes over what is sent
  // (https://docs.databricks.com/api/scim/v1/update-user.md).
  if (principal.kind === "user" && workspace !== null && principal.version > 0) return principal;
  return {
    ...principal,
    name: principal.kind === "group" ? (name ?? principal.name) : principal.name,
    displayName: principal.kind === "group" ? null : after.displayName,
    externalId: after.externalId,
    ...(workspace === null && { active: after.active, roles: values(after.roles) }),
    person:
      principal.kind === "user"
        ? {
            givenName: after.givenName,
            familyName: after.familyName,
            emails: after.emails.map(({ value, type, primary }) => ({
              value,
              type: type ?? null,
              primary: primary ?? false,
            })),
          }
        : null,
  };
}

function isSame(a: Principal, b: Principal): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function changedGrants(
  store: AccountStore,
  { workspace }: Realm,
  { principal }: DescribedPrincipal,
  after: ScimAttributes,
): Promise<AccountChange | null> {
  if (workspace === null) return null;
  const stored = await store.workspaceGrants.of(workspace.id, principal.id);
  const [entitlements, roles] = [values(after.entitlements), values(after.roles)];
  // Who may not sign in at all is not thereby kept out of this workspace for ever.
  const active = principal.active ? after.active : (stored?.active ?? true);
  const kept = stored ?? { entitlements: [], roles: [], active: true, version: 0 };
  if (
    JSON.stringify([kept.entitlements, kept.roles, kept.active]) ===
    JSON.stringify([entitlements, roles, active])
  )
    return null;
  return {
    kind: "workspace-grants",
    row: {
      workspace: workspace.id,
      principal: principal.id,
      entitlements,
      roles,
      active,
      version: kept.version,
    },
  };
}

function values(list: readonly ScimValue[]): readonly string[] {
  return list.map(({ value }) => value);
}

/** By its id or else its exact name; throws a SCIM error that names what is neither. */
export async function groupMeant(store: AccountStore, realm: Realm, value: string): Promise<Principal> {
  const { account, workspace } = realm;
  const candidates = [
    await store.principals.get(account, principalId(value)),
    workspace === null ? null : await store.principals.named(account, "group", value, workspace.id),
    await store.principals.named(account, "group", value),
  ];
  for (const group of candidates) {
    if (group?.kind !== "group" || (group.id !== value && group.name !== value)) continue;
    if (await isInRealm(store, realm, group)) return group;
  }
  throw invalidValue(`Group '${value}' does not exist: give the id or the exact displayName of a group.`);
}

async function changedMembers(
  store: AccountStore,
  realm: Realm,
  before: DescribedPrincipal,
  after: ScimAttributes,
): Promise<readonly AccountChange[]> {
  const { principal: group } = before;
  const were = new Set<string>(before.members.map(({ id }) => id));
  const are = new Set(values(after.members));
  const changes: AccountChange[] = [];
  for (const id of are) {
    if (were.has(id)) continue;
    const member = await store.principals.get(realm.account, principalId(id));
    // Into `users`, anybody of the account may come: that is what puts them into the workspace.
    const mayCome =
      member !== null &&
      ((await isInRealm(store, realm, member)) ||
        (isReserved(group) && group.name === "users" && member.workspace === null));
    if (!mayCome) throw invalidValue(`Member '${id}' does not exist: give the id of a principal.`);
    changes.push(...memberAdded(realm, group, member));
  }
  for (const { id } of before.members) if (!are.has(id)) changes.push(...memberRemoved(realm, group, id));
  return changes;
}

export function memberAdded(
  { workspace }: Realm,
  group: Principal,
  member: Principal,
): readonly AccountChange[] {
  if (group.id === member.id) throw invalidValue(`Group ${group.name} cannot be a member of itself.`);
  if (workspace !== null && isReserved(group)) {
    // A workspace's own group cannot be assigned: it is there, and says nothing of who may enter.
    if (member.workspace !== null && group.name === "users") return [];
    return assigned(workspace, member.id, group.name === "admins" ? "ADMIN" : "USER");
  }
  refuseAccountGroup(workspace, group);
  return [{ kind: "group-member", group: group.id, member: member.id }];
}

function memberRemoved(
  { workspace }: Realm,
  group: Principal,
  member: PrincipalId,
): readonly AccountChange[] {
  if (workspace !== null && isReserved(group)) {
    if (group.name === "users")
      throw scimError("invalid", "mutability", "Every principal of a workspace is in its group users.");
    return assigned(workspace, member, "USER");
  }
  refuseAccountGroup(workspace, group);
  return [{ kind: "group-member-removed", group: group.id, member }];
}

/** An administrator of a workspace has no say in the account: its groups may hold roles there. */
function refuseAccountGroup(workspace: WorkspaceObject | null, group: Principal): void {
  if (workspace !== null && group.workspace === null)
    throw scimError("invalid", "mutability", `Group ${group.name} belongs to the account: change it there.`);
}

function assigned(
  workspace: WorkspaceObject,
  principal: PrincipalId,
  level: "ADMIN" | "USER",
): readonly AccountChange[] {
  return [{ kind: "workspace-assignment", row: { workspace: workspace.id, principal, level } }];
}
