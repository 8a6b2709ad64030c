import { type PrincipalId, principalId } from "../../core/ids.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import { byAttribute, type DescribedPrincipal, valuesOf } from "../../core/principal/described-principal.ts";
import { isReserved, type Principal, type PrincipalKind } from "../../core/principal/principal.ts";
import {
  attributesOf,
  matchesScimFilter,
  parseScimFilter,
  type ScimFilter,
} from "../../core/principal/scim-filter.ts";
import type { WorkspaceObject } from "../../core/workspace/workspace.ts";
import type { DatabricksDependencies } from "./context.ts";
import {
  describePrincipal,
  groupsInWorkspace,
  isInRealm,
  memberReference,
  type Realm,
  reservedGroups,
} from "./realm.ts";

export interface PrincipalQuery {
  readonly filter?: string;
  /** Counted from 1; what is below is 1. */
  readonly startIndex: number;
  readonly count: number;
  readonly sortBy?: string;
  readonly order: "ascending" | "descending";
  /** Whether the answer shows groups and members: finding them costs most. */
  readonly shows: { readonly groups: boolean; readonly members: boolean };
}

export interface PrincipalPage {
  /** Of all that the filter asks for. */
  readonly total: number;
  readonly startIndex: number;
  readonly principals: readonly DescribedPrincipal[];
}

/** Up to this many are described one by one; more are described from tables that are read once. */
const FEW = 20;

/** Throws a SCIM error where the filter or the order cannot be followed. */
export async function listPrincipals(
  { store }: DatabricksDependencies,
  realm: Realm,
  kind: PrincipalKind,
  query: PrincipalQuery,
): Promise<PrincipalPage> {
  const filter =
    query.filter === undefined || query.filter.trim() === "" ? null : parseScimFilter(query.filter);
  const looked = [
    ...(filter === null ? [] : attributesOf(filter)),
    ...(query.sortBy === undefined ? [] : [query.sortBy.toLowerCase()]),
  ];
  const looksAt = (attribute: string) => looked.some((each) => each.split(".")[0] === attribute);
  const rows = await candidates(store, realm, kind, filter);
  const describeAll = (principals: readonly Principal[], parts: PrincipalQuery["shows"]) =>
    principals.length <= FEW
      ? Promise.all(principals.map((each) => describePrincipal(store, realm, each, true)))
      : describeMany(store, realm, kind, principals, parts);

  const all = await describeAll(rows, { groups: looksAt("groups"), members: looksAt("members") });
  const found = filter === null ? all : all.filter((each) => matchesScimFilter(filter, valuesOf(each)));
  const sorted = query.sortBy === undefined ? found : found.toSorted(byAttribute(query.sortBy, query.order));
  const startIndex = Math.max(1, query.startIndex);
  const page = sorted.slice(startIndex - 1, startIndex - 1 + Math.max(0, query.count));
  const shown =
    rows.length <= FEW
      ? page
      : await describeAll(
          page.map(({ principal }) => principal),
          query.shows,
        );
  return { total: found.length, startIndex, principals: shown };
}

/** All that may be meant: one, found by an index, where the filter asks for its name or id. */
async function candidates(
  store: AccountStore,
  realm: Realm,
  kind: PrincipalKind,
  filter: ScimFilter | null,
): Promise<readonly Principal[]> {
  if (filter?.kind === "compare" && filter.operator === "eq") {
    const { attribute, value } = filter;
    if (attribute === "id")
      return inRealm(store, realm, kind, [await store.principals.get(realm.account, principalId(value))]);
    if (attribute === INDEXED[kind]) {
      const named = [await store.principals.named(realm.account, kind, value)];
      if (kind === "group" && realm.workspace !== null)
        named.unshift(await store.principals.named(realm.account, kind, value, realm.workspace.id));
      return inRealm(store, realm, kind, named);
    }
  }
  return realm.workspace === null
    ? store.principals.list(realm.account, kind)
    : store.principals.inWorkspace(realm.workspace.id, kind);
}

const INDEXED: Readonly<Record<PrincipalKind, string>> = {
  user: "username",
  "service-principal": "applicationid",
  group: "displayname",
};

async function inRealm(
  store: AccountStore,
  realm: Realm,
  kind: PrincipalKind,
  found: readonly (Principal | null)[],
): Promise<readonly Principal[]> {
  const seen: Principal[] = [];
  for (const principal of found) {
    if (principal?.kind === kind && (await isInRealm(store, realm, principal))) seen.push(principal);
  }
  return seen;
}

/** Describes many with one read of each table; groups and members only where they are asked for. */
async function describeMany(
  store: AccountStore,
  realm: Realm,
  kind: PrincipalKind,
  principals: readonly Principal[],
  parts: PrincipalQuery["shows"],
): Promise<readonly DescribedPrincipal[]> {
  const { workspace } = realm;
  const grants = new Map(
    workspace === null
      ? []
      : (await store.workspaceGrants.all(workspace.id)).map((each) => [each.principal, each]),
  );
  const edges =
    parts.groups || (parts.members && kind === "group")
      ? await store.principals.memberships(realm.account)
      : [];
  const groupsOf = parts.groups ? await groupFinder(store, realm, edges) : () => [];
  const membersOf = parts.members && kind === "group" ? await memberFinder(store, realm, edges) : () => [];
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

type Edges = Awaited<ReturnType<AccountStore["principals"]["memberships"]>>;

async function groupFinder(
  store: AccountStore,
  realm: Realm,
  edges: Edges,
): Promise<(principal: Principal) => DescribedPrincipal["groups"]> {
  const { account, workspace } = realm;
  const accountGroups = await store.principals.list(account, "group");
  const visible =
    workspace === null ? accountGroups : await store.principals.inWorkspace(workspace.id, "group");
  const groups = new Map([...accountGroups, ...visible].map((group) => [group.id, group]));
  const directOf = Map.groupBy(edges, ({ member }) => member);
  const direct = (id: PrincipalId) => (directOf.get(id) ?? []).map(({ group }) => group);
  const found = (principal: Principal) =>
    [...reached(principal.id, direct)].flatMap((id) => groups.get(id) ?? []).toSorted(byId);
  if (workspace === null) {
    return (principal) => {
      const own = new Set(direct(principal.id));
      return found(principal).map(({ id, name }) => ({ id, name, direct: own.has(id) }));
    };
  }
  const assignments = new Map(
    (await store.workspaceAssignments.of(workspace.id)).map((each) => [each.principal, each]),
  );
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

/** Of `users`, a list names no members (databricks-workspace-api.md C10). */
async function memberFinder(
  store: AccountStore,
  { account, workspace }: Realm,
  edges: Edges,
): Promise<(group: Principal) => DescribedPrincipal["members"]> {
  const known = new Map<PrincipalId, Principal>();
  for (const kind of ["user", "service-principal", "group"] as const)
    for (const principal of await store.principals.list(account, kind)) known.set(principal.id, principal);
  for (const group of workspace === null ? [] : await store.principals.inWorkspace(workspace.id, "group"))
    known.set(group.id, group);
  const admins = workspace === null ? [] : await assigned(store, workspace);
  const membersOf = Map.groupBy(edges, ({ group }) => group);
  return (group) => {
    if (isReserved(group)) return group.name === "admins" ? admins : [];
    return (membersOf.get(group.id) ?? []).flatMap(({ member }) => {
      const principal = known.get(member);
      return principal === undefined ? [] : [memberReference(principal)];
    });
  };
}

async function assigned(store: AccountStore, workspace: WorkspaceObject) {
  return (await store.principals.assignedTo(workspace.id, "ADMIN")).map(memberReference);
}
