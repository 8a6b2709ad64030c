import { PERMISSION_TYPES, type PermissionType } from "../../core/access/permission-types.ts";
import { doesNotExist, invalidParameter, permissionDenied } from "../../core/databricks-errors.ts";
import type { PrincipalId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import { displayNameOf } from "../../core/principal/described-principal.ts";
import type { Principal } from "../../core/principal/principal.ts";
import type { NamedPrincipal } from "./assignments.ts";
import type { DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { changeDocument, readDocument } from "./documents.ts";
import { isInRealm, realmOf } from "./realm.ts";

/** What one principal may do with an object. */
export interface ObjectPermission {
  readonly principal: Principal;
  readonly display: string;
  readonly level: string;
  /** Where it comes from; null for one that was given on the object itself. */
  readonly inheritedFrom: string | null;
}

export interface ObjectPermissions {
  readonly objectId: string;
  readonly objectType: string;
  readonly permissions: readonly ObjectPermission[];
}

export interface GivenPermission {
  readonly to: NamedPrincipal;
  readonly level: string;
}

interface Entry {
  readonly principal: PrincipalId;
  readonly level: string;
}

/** The objects that there are; what later parts of the server make is entered here. */
const OBJECTS: Readonly<Record<string, (id: string) => Promise<boolean>>> = {
  authorization: async (id) => id === "tokens" || id === "passwords",
};

/** The levels of a type, low to high. Throws where the object does not exist. */
export async function permissionLevels(
  _dependencies: DatabricksDependencies,
  _context: WorkspaceContext,
  type: string,
  id: string,
): Promise<readonly string[]> {
  const known = await objectMeant(type, id);
  return known.levels.filter((level) => !known.inheritedOnly?.includes(level));
}

/** Throws where the object does not exist, or the caller may not manage it. */
export async function getPermissions(
  { store }: DatabricksDependencies,
  context: WorkspaceContext,
  type: string,
  id: string,
): Promise<ObjectPermissions> {
  const object = await managed(store, context, type, id);
  const { body } = await readDocument<Json>(
    store,
    context.workspace.id,
    documentOf(type, id),
    initial(object),
  );
  return described(store, context, object, id, entriesOf(body));
}

/**
 * Gives permissions on an object: in the place of all that were given, or of what the same principals had. Throws where
 * the object or a principal does not exist, or the caller may not manage it.
 */
export async function setPermissions(
  dependencies: DatabricksDependencies,
  context: WorkspaceContext,
  type: string,
  id: string,
  given: readonly GivenPermission[],
  how: "replace" | "merge",
): Promise<ObjectPermissions> {
  const { store } = dependencies;
  const object = await managed(store, context, type, id);
  const entries: Entry[] = [];
  for (const { to, level } of given) {
    if (!object.levels.includes(level) || object.inheritedOnly?.includes(level))
      throw invalidParameter(`Permission level ${level} cannot be given on ${object.objectType} ${id}.`);
    const principal = await principalMeant(store, context, to);
    entries.push({ principal: principal.id, level });
  }
  const last = [...new Map(entries.map((entry) => [entry.principal, entry])).values()];
  const name = documentOf(type, id);
  const { body } = await changeDocument<Json>(
    dependencies,
    context.workspace.id,
    name,
    initial(object),
    (before) => {
      const named = new Set(last.map(({ principal }) => principal));
      const kept =
        how === "replace" ? [] : entriesOf(before.body).filter((each) => !named.has(each.principal));
      return [...kept, ...last].map(({ principal, level }) => ({ principal, level }));
    },
  );
  return described(store, context, object, id, entriesOf(body));
}

/** Whether the caller has at least this level on an object, by itself, a group, `users`, or as an administrator. */
export async function hasPermission(
  { store }: DatabricksDependencies,
  { caller, workspace }: Pick<WorkspaceContext, "caller" | "workspace">,
  type: string,
  id: string,
  level: string,
): Promise<boolean> {
  const object = await objectMeant(type, id);
  const own = [caller.principal, ...caller.groups];
  if ((await store.workspaceAssignments.levelOf(workspace.id, own)) === "ADMIN") return true;
  const users = await store.principals.named(workspace.account, "group", "users", workspace.id);
  const { body } = await readDocument<Json>(store, workspace.id, documentOf(type, id), initial(object));
  const needed = object.levels.indexOf(level);
  return entriesOf(body).some((entry) => {
    const isCallers =
      entry.principal === EVERYBODY || entry.principal === users?.id || own.includes(entry.principal);
    return isCallers && object.levels.indexOf(entry.level) >= needed;
  });
}

/** Only entries are written under such a name. */
function entriesOf(body: Json): readonly Entry[] {
  return body as unknown as readonly Entry[];
}

function documentOf(type: string, id: string): string {
  return `permissions:${type}/${id}`;
}

/** Stands for the workspace's group `users`, whose id a document that nobody wrote cannot name. */
const EVERYBODY = "users" as PrincipalId;

/** Everybody in a workspace may use tokens and passwords until an administrator says otherwise. */
function initial({ prefix }: PermissionType): Json {
  return prefix === "/authorization/" ? [{ principal: EVERYBODY, level: "CAN_USE" }] : [];
}

async function objectMeant(type: string, id: string): Promise<PermissionType> {
  const known = PERMISSION_TYPES.get(type);
  if (known === undefined) throw invalidParameter(`'${type}' is not a type of object that has permissions.`);
  if (!(await OBJECTS[type]?.(id))) throw doesNotExist(`${known.objectType} ${id} does not exist.`);
  return known;
}

async function managed(
  store: AccountStore,
  { caller, workspace }: WorkspaceContext,
  type: string,
  id: string,
): Promise<PermissionType> {
  const object = await objectMeant(type, id);
  const level = await store.workspaceAssignments.levelOf(workspace.id, [caller.principal, ...caller.groups]);
  if (level !== "ADMIN")
    throw permissionDenied(`${caller.name} does not have Manage permissions on ${object.prefix}${id}.`);
  return object;
}

async function principalMeant(
  store: AccountStore,
  context: WorkspaceContext,
  { kind, name }: NamedPrincipal,
): Promise<Principal> {
  const { workspace } = context;
  const candidates = [
    kind === "group" ? await store.principals.named(workspace.account, kind, name, workspace.id) : null,
    await store.principals.named(workspace.account, kind, name),
  ];
  for (const found of candidates)
    if (found !== null && (await isInRealm(store, realmOf(context), found))) return found;
  const label = { user: "UserName", group: "GroupName", "service-principal": "ServicePrincipalName" }[kind];
  throw doesNotExist(`Principal: ${label}(${name}) does not exist`);
}

async function described(
  store: AccountStore,
  { workspace }: WorkspaceContext,
  object: PermissionType,
  id: string,
  entries: readonly Entry[],
): Promise<ObjectPermissions> {
  const { account } = workspace;
  const own = (name: string) => store.principals.named(account, "group", name, workspace.id);
  const permissions: ObjectPermission[] = [];
  for (const { principal: who, level } of entries) {
    const principal = who === EVERYBODY ? await own("users") : await store.principals.get(account, who);
    // Those that were deleted have nothing any more.
    if (principal === null) continue;
    permissions.push({ principal, display: displayNameOf(principal), level, inheritedFrom: null });
  }
  const admins = await own("admins");
  if (admins !== null)
    permissions.push({
      principal: admins,
      display: admins.name,
      level: "CAN_MANAGE",
      inheritedFrom: object.prefix,
    });
  const objectType = object.objectType === "authorization" ? id : object.objectType;
  return { objectId: `${object.prefix}${id}`, objectType, permissions };
}
