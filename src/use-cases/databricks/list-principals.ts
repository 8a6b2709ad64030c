import { type PrincipalId, principalId } from "../../core/ids.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import {
  byAttribute,
  type DescribedPrincipal,
  isAttribute,
  NAME_ATTRIBUTES,
  valuesOf,
} from "../../core/principal/described-principal.ts";
import { isReserved, type Principal, type PrincipalKind } from "../../core/principal/principal.ts";
import { conditionOf, orderOf } from "../../core/principal/principal-query.ts";
import { scimError } from "../../core/principal/scim-error.ts";
import {
  attributeKey,
  attributesOf,
  matchesScimFilter,
  parseScimFilter,
  type ScimFilter,
} from "../../core/principal/scim-filter.ts";
import type { DatabricksDependencies } from "./context.ts";
import { groupsInWorkspace, isInRealm, memberReference, type Realm, reservedGroups } from "./realm.ts";

export interface PrincipalQuery {
  readonly filter?: string;
  /** Counted from 1; what is below is 1. */
  readonly startIndex: number;
  readonly count: number;
  readonly sortBy?: string;
  readonly order: "ascending" | "descending";
  /** Whether the answer shows groups and members: finding them costs most. */
  readonly shows: Parts;
}

interface Parts {
  readonly groups: boolean;
  readonly members: boolean;
}

export interface PrincipalPage {
  /** Of all that the filter asks for. */
  readonly total: number;
  readonly startIndex: number;
  readonly principals: readonly DescribedPrincipal[];
}

/**
 * A page of principals. The store finds it where it can judge filter and order by itself; otherwise all of the kind are
 * read and judged here. Throws a SCIM error where the filter or the order cannot be followed.
 */
export async function listPrincipals(
  { store }: DatabricksDependencies,
  realm: Realm,
  kind: PrincipalKind,
  query: PrincipalQuery,
): Promise<PrincipalPage> {
  const filter =
    query.filter === undefined || query.filter.trim() === "" ? null : parseScimFilter(query.filter);
  const sortBy = query.sortBy === undefined ? null : attributeKey(query.sortBy);
  refuseUnknown(kind, filter, sortBy);
  const startIndex = Math.max(1, query.startIndex);
  const limit = Math.max(0, query.count);
  const described = (principals: readonly Principal[]) =>
    describePrincipals(store, realm, principals, query.shows);

  const named = filter === null ? null : await ofName(store, realm, kind, filter);
  const condition = filter === null ? null : conditionOf(filter, kind);
  const order = orderOf(sortBy, query.order, kind);
  if (named === null && order !== null && (filter === null || condition !== null)) {
    const { account, workspace } = realm;
    const page = { account, workspace: workspace?.id ?? null, kind, condition, order, limit };
    const { total, rows } = await store.principals.page({ ...page, offset: startIndex - 1 });
    return { total, startIndex, principals: await described(rows) };
  }
  const rows = named ?? (await everybody(store, realm, kind));
  const found = await judged(store, realm, rows, filter, sortBy, query.order);
  const page = found.slice(startIndex - 1, startIndex - 1 + limit);
  return { total: found.length, startIndex, principals: await described(page) };
}

function refuseUnknown(kind: PrincipalKind, filter: ScimFilter | null, sortBy: string | null): void {
  for (const attribute of filter === null ? [] : attributesOf(filter)) {
    if (isAttribute(kind, attribute)) continue;
    const detail = `'${attribute}' is not an attribute that can be filtered by.`;
    throw scimError("invalid", "invalidFilter", detail);
  }
  if (sortBy !== null && !isAttribute(kind, sortBy))
    throw scimError("invalid", "invalidValue", `'${sortBy}' is not an attribute that can be sorted by.`);
}

/** The one or two that a filter by name alone asks for; null for any other filter. */
async function ofName(
  store: AccountStore,
  realm: Realm,
  kind: PrincipalKind,
  filter: ScimFilter,
): Promise<readonly Principal[] | null> {
  if (filter.kind !== "compare" || filter.operator !== "eq") return null;
  const { attribute, value } = filter;
  const asked = [];
  if (attribute === "id") asked.push(await store.principals.get(realm.account, principalId(value)));
  else if (attribute === NAME_ATTRIBUTES[kind]) {
    if (kind === "group" && realm.workspace !== null)
      asked.push(await store.principals.named(realm.account, kind, value, realm.workspace.id));
    asked.push(await store.principals.named(realm.account, kind, value));
  } else return null;
  const seen: Principal[] = [];
  for (const principal of asked)
    if (principal?.kind === kind && (await isInRealm(store, realm, principal))) seen.push(principal);
  return seen;
}

async function everybody(
  store: AccountStore,
  { account, workspace }: Realm,
  kind: PrincipalKind,
): Promise<readonly Principal[]> {
  return workspace === null
    ? store.principals.list(account, kind)
    : store.principals.inWorkspace(workspace.id, kind);
}

/** Those that the filter asks for, in their order. */
async function judged(
  store: AccountStore,
  realm: Realm,
  rows: readonly Principal[],
  filter: ScimFilter | null,
  sortBy: string | null,
  direction: PrincipalQuery["order"],
): Promise<readonly Principal[]> {
  const looked = [...(filter === null ? [] : attributesOf(filter)), ...(sortBy === null ? [] : [sortBy])];
  const looksAt = (attribute: string) => looked.some((each) => each.split(".")[0] === attribute);
  const parts = { groups: looksAt("groups"), members: looksAt("members") };
  const all = await describePrincipals(store, realm, rows, parts);
  const found = filter === null ? all : all.filter((each) => matchesScimFilter(filter, valuesOf(each)));
  const sorted = sortBy === null ? found : found.toSorted(byAttribute(sortBy, direction));
  return sorted.map(({ principal }) => principal);
}

/**
 * Describes principals that are seen in the realm, with a few reads for all of them; groups and members only where they
 * are asked for. In a list, a workspace's group `users` names no members (databricks-workspace-api.md C10): they are all
 * who are there.
 */
async function describePrincipals(
  store: AccountStore,
  realm: Realm,
  principals: readonly Principal[],
  parts: Parts,
): Promise<readonly DescribedPrincipal[]> {
  const { workspace } = realm;
  const ids = principals.map(({ id }) => id);
  const grants = new Map(
    workspace === null
      ? []
      : (await store.workspaceGrants.among(workspace.id, ids)).map((each) => [each.principal, each]),
  );
  const groupsOf = parts.groups ? await groupFinder(store, realm, ids) : () => [];
  const hasMembers = parts.members && principals.some(({ kind }) => kind === "group");
  const membersOf = hasMembers ? await memberFinder(store, realm, principals) : () => [];
  return principals.map((principal): DescribedPrincipal => {
    const own = grants.get(principal.id);
    return {
      principal,
      active: principal.active && (own?.active ?? true),
      roles: workspace === null ? principal.roles : (own?.roles ?? []),
      entitlements: own?.entitlements ?? [],
      groups: groupsOf(principal),
      members: membersOf(principal),
    };
  });
}

async function groupFinder(
  store: AccountStore,
  { account, workspace }: Realm,
  ids: readonly PrincipalId[],
): Promise<(principal: Principal) => DescribedPrincipal["groups"]> {
  const edges = await store.principals.membershipsAbove(ids);
  const groupIds = [...new Set(edges.map(({ group }) => group))];
  const groups = new Map((await store.principals.those(account, groupIds)).map((group) => [group.id, group]));
  const directOf = Map.groupBy(edges, ({ member }) => member);
  const direct = (id: PrincipalId) => (directOf.get(id) ?? []).map(({ group }) => group);
  const found = (principal: Principal) =>
    [...reached(principal.id, direct)].flatMap((id) => groups.get(id) ?? []).toSorted(byId);
  if (workspace === null) {
    return (principal) => {
      const own = new Set(direct(principal.id));
      return found(principal)
        .filter((group) => group.workspace === null)
        .map(({ id, name }) => ({ id, name, direct: own.has(id) }));
    };
  }
  const assigned = await store.workspaceAssignments.among(workspace.id, [...new Set([...ids, ...groupIds])]);
  const assignments = new Map(assigned.map((each) => [each.principal, each]));
  const reserved = await reservedGroups(store, workspace);
  return (principal) =>
    groupsInWorkspace(
      workspace,
      principal,
      found(principal),
      new Set(direct(principal.id)),
      assignments,
      reserved,
    );
}

/** All that is reached from one, without it. */
function reached(
  from: PrincipalId,
  next: (id: PrincipalId) => readonly PrincipalId[],
): ReadonlySet<PrincipalId> {
  const seen = new Set<PrincipalId>();
  const waiting = [...next(from)];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (id === from || seen.has(id)) continue;
    seen.add(id);
    waiting.push(...next(id));
  }
  return seen;
}

function byId(a: Principal, b: Principal): number {
  return a.id < b.id ? -1 : 1;
}

async function memberFinder(
  store: AccountStore,
  { workspace }: Realm,
  principals: readonly Principal[],
): Promise<(group: Principal) => DescribedPrincipal["members"]> {
  const groups = principals.filter((each) => each.kind === "group" && !isReserved(each));
  const edges = await store.principals.membersOfEach(groups.map(({ id }) => id));
  const membersOf = Map.groupBy(edges, ({ group }) => group);
  const admins =
    workspace === null || groups.length === principals.length
      ? []
      : (await store.principals.assignedTo(workspace.id, "ADMIN")).map(memberReference);
  return (group) => {
    if (isReserved(group)) return group.name === "admins" ? admins : [];
    return (membersOf.get(group.id) ?? []).map(({ member }) => memberReference(member));
  };
}
