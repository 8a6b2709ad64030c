import type { DomainEvent } from "../../core/events.ts";
import { NO_REGION, type PrincipalId, principalId } from "../../core/ids.ts";
import type { AccountChange } from "../../core/ports/account-store.ts";
import { type DescribedPrincipal, scimAttributesOf } from "../../core/principal/described-principal.ts";
import { isReserved, type Principal, type PrincipalKind } from "../../core/principal/principal.ts";
import { scimError } from "../../core/principal/scim-error.ts";
import {
  applyScimPatch,
  type ScimAttributes,
  type ScimPatchOperation,
} from "../../core/principal/scim-patch.ts";
import { retryStale } from "../retry-stale.ts";
import { changesOf } from "./change-principal.ts";
import type { DatabricksContext, DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { describePrincipal, isInRealm, type Realm, realmOf } from "./realm.ts";

type Context = DatabricksContext | WorkspaceContext;

/** What a kind is called in messages, as the vendor's own have it (databricks-workspace-api.md C10). */
const NOUNS: Readonly<Record<PrincipalKind, string>> = {
  user: "User",
  "service-principal": "Service principal",
  group: "Group",
};

/** What a client gives of a principal; a replacement gives all, but for whether it is active. */
export type GivenAttributes = Omit<ScimAttributes, "active"> & { readonly active: boolean | null };

/** Throws a SCIM error where the realm has no such principal. */
export async function getPrincipal(
  dependencies: DatabricksDependencies,
  realm: Realm,
  kind: PrincipalKind,
  id: string,
): Promise<DescribedPrincipal> {
  const { store } = dependencies;
  const principal = await store.principals.get(realm.account, principalId(id));
  if (principal?.kind !== kind || !(await isInRealm(store, realm, principal)))
    throw scimError("not-found", null, `${NOUNS[kind]} with id ${id} not found.`);
  return describePrincipal(store, realm, principal);
}

/**
 * Makes a principal. In a workspace, a user or a service principal becomes the account's and is assigned to the
 * workspace, or is only assigned where the account has it; a group is the workspace's own. Throws a SCIM error
 * `uniqueness` where the realm has one of that name.
 */
export function createPrincipal(
  dependencies: DatabricksDependencies,
  context: Context,
  kind: PrincipalKind,
  given: GivenAttributes,
): Promise<DescribedPrincipal> {
  const { store, clock, ids } = dependencies;
  const realm = realmOf(context);
  const { account, workspace } = realm;
  const name = nameOf(kind, given, () => ids.uuid());
  return retryStale(async () => {
    const known = await store.principals.named(account, kind, name);
    const own =
      kind === "group" && workspace !== null
        ? await store.principals.named(account, kind, name, workspace.id)
        : null;
    if (own !== null || (known !== null && (await isInRealm(store, realm, known))))
      throw taken(realm, kind, name);
    const comesIn = kind !== "group" && workspace !== null;
    const made: Principal = (comesIn ? known : null) ?? {
      id: principalId(ids.principal()),
      account,
      kind,
      workspace: kind === "group" ? (workspace?.id ?? null) : null,
      name,
      displayName: kind === "group" ? null : given.displayName,
      externalId: given.externalId,
      active: workspace !== null || (given.active ?? true),
      roles: [],
      person: kind === "user" ? { givenName: null, familyName: null, emails: [] } : null,
      createdAtMs: clock.now(),
      version: 0,
    };
    const before = newlyDescribed(made);
    const wanted = isKnown(made)
      ? { ...scimAttributesOf(before), ...realmsOwn(given) }
      : complete(kind, given, name);
    const after = { ...wanted, active: given.active ?? true };
    const changes = await changesOf(store, realm, before, after, "replace");
    const row = changes.some((change) => change.kind === "principal") || isKnown(made);
    const members: AccountChange[] = comesIn
      ? [
          {
            kind: "workspace-assignment",
            row: { workspace: workspace.id, principal: made.id, level: "USER" },
          },
        ]
      : [];
    await store.commit([
      ...(row ? [] : [{ kind: "principal" as const, row: made }]),
      ...members,
      ...changes,
      {
        kind: "event",
        event: principalChanged("created", made, realm, context.caller.principal, clock.now()),
      },
    ]);
    return reread(dependencies, realm, made.id);
  });
}

/** Throws a SCIM error where the principal is not there, or where an attribute cannot be what it is to be. */
export function replacePrincipal(
  dependencies: DatabricksDependencies,
  context: Context,
  kind: PrincipalKind,
  id: string,
  given: GivenAttributes,
): Promise<DescribedPrincipal> {
  return change(dependencies, context, kind, id, "replace", (before) => ({
    ...given,
    active: given.active ?? before.active,
  }));
}

/** Throws a SCIM error where the principal is not there, or where an operation cannot be applied. */
export function patchPrincipal(
  dependencies: DatabricksDependencies,
  context: Context,
  kind: PrincipalKind,
  id: string,
  operations: readonly ScimPatchOperation[],
): Promise<DescribedPrincipal> {
  return change(dependencies, context, kind, id, "patch", (before) => applyScimPatch(before, operations));
}

/**
 * Removes a principal with all that it has, its tokens among it; in a workspace, one of the account only leaves the
 * workspace. Throws a SCIM error where it is not there, or is there by way of a group.
 */
export function deletePrincipal(
  dependencies: DatabricksDependencies,
  context: Context,
  kind: PrincipalKind,
  id: string,
): Promise<void> {
  const { store, clock } = dependencies;
  const realm = realmOf(context);
  return retryStale(async () => {
    const { principal, groups } = await getPrincipal(dependencies, realm, kind, id);
    if (isReserved(principal))
      throw scimError("invalid", "mutability", `Group ${principal.name} cannot be deleted.`);
    const { workspace } = realm;
    const event = principalChanged("deleted", principal, realm, context.caller.principal, clock.now());
    if (workspace === null || principal.workspace !== null) {
      const { version } = principal;
      await store.commit([
        { kind: "principal-deleted", id: principal.id, version },
        { kind: "event", event },
      ]);
      return;
    }
    const [own] = await store.workspaceAssignments.among(workspace.id, [principal.id]);
    if (own === undefined) {
      const names = groups.filter((group) => group.name !== "users").map((group) => group.name);
      throw scimError(
        "invalid",
        "mutability",
        `${NOUNS[kind]} ${principal.name} is in the workspace by way of a group (${names.join(", ")}): remove it there.`,
      );
    }
    await store.commit([
      { kind: "workspace-assignment-removed", workspace: workspace.id, principal: principal.id },
      { kind: "event", event },
    ]);
  });
}

function change(
  dependencies: DatabricksDependencies,
  context: Context,
  kind: PrincipalKind,
  id: string,
  how: "patch" | "replace",
  decide: (before: ScimAttributes) => ScimAttributes,
): Promise<DescribedPrincipal> {
  const { store, clock } = dependencies;
  const realm = realmOf(context);
  return retryStale(async () => {
    const before = await getPrincipal(dependencies, realm, kind, id);
    const changes = await changesOf(store, realm, before, decide(scimAttributesOf(before)), how);
    if (changes.length === 0) return before;
    const { principal } = before;
    for (const { row } of changes.filter((each) => each.kind === "principal"))
      if (row.name !== principal.name) await refuseTakenName(dependencies, realm, row);
    const event = principalChanged("changed", principal, realm, context.caller.principal, clock.now());
    await store.commit([...changes, { kind: "event", event }]);
    return reread(dependencies, realm, principal.id);
  });
}

/** Of a group that gets another name. */
async function refuseTakenName(
  { store }: DatabricksDependencies,
  realm: Realm,
  { id, account, kind, name, workspace }: Principal,
): Promise<void> {
  const holder = await store.principals.named(account, kind, name, workspace ?? undefined);
  if (holder !== null && holder.id !== id) throw taken(realm, kind, name);
}

async function reread(
  dependencies: DatabricksDependencies,
  realm: Realm,
  id: PrincipalId,
): Promise<DescribedPrincipal> {
  const stored = await dependencies.store.principals.get(realm.account, id);
  if (stored === null) throw scimError("conflict", null, `Principal ${id} was deleted meanwhile.`);
  return describePrincipal(dependencies.store, realm, stored);
}

function isKnown({ version }: Principal): boolean {
  return version > 0;
}

function newlyDescribed(principal: Principal): DescribedPrincipal {
  return { principal, active: principal.active, roles: [], entitlements: [], groups: [], members: [] };
}

/** What a workspace keeps of its own of a principal of the account. */
function realmsOwn({ roles, entitlements, groups }: GivenAttributes) {
  return { roles, entitlements, groups };
}

function complete(kind: PrincipalKind, given: GivenAttributes, name: string): Omit<ScimAttributes, "active"> {
  const emails =
    kind === "user" && given.emails.length === 0
      ? [{ value: name, type: "work", primary: true }]
      : given.emails;
  return { ...given, applicationId: kind === "service-principal" ? name : null, emails };
}

/** A user's name is an e-mail address: an `@` that stands between other things, and no colon, which ends it in Basic. */
const USER_NAME = /^[^\s@:\p{C}]+@[^\s@:\p{C}]+$/u;
const MAX_NAME = 255;

function nameOf(kind: PrincipalKind, given: GivenAttributes, newId: () => string): string {
  const invalidValue = (detail: string) => scimError("invalid", "invalidValue", detail);
  switch (kind) {
    case "user": {
      const { userName } = given;
      if (userName === null || userName.length > MAX_NAME || !USER_NAME.test(userName))
        throw invalidValue(`userName '${userName ?? ""}' is not an e-mail address.`);
      return userName;
    }
    case "service-principal": {
      // Made where none is given; taken where one is, as Azure's clients give it (databricks-workspace-api.md C10).
      const applicationId = given.applicationId ?? newId();
      if (!/^[\w.-]{1,255}$/.test(applicationId))
        throw invalidValue(`applicationId '${applicationId}' is not an application's id.`);
      return applicationId;
    }
    case "group": {
      const { displayName } = given;
      if (displayName === null || displayName.trim() === "" || displayName.length > MAX_NAME)
        throw invalidValue("A group needs a displayName of up to 255 characters.");
      return displayName;
    }
  }
}

/** In the words that Terraform's provider looks for (databricks-workspace-api.md C10). */
function taken({ workspace }: Realm, kind: PrincipalKind, name: string) {
  const texts: Readonly<Record<PrincipalKind, string>> = {
    user:
      workspace === null
        ? `User with email ${name} already exists in this account. Note: emails are case insensitive (i.e abc@domain.com and ABC@DOMAIN.COM are considered equivalent)`
        : `User with username ${name} already exists.`,
    "service-principal": `Service principal with application ID ${name} already exists.`,
    group: `Group with name ${name} already exists.`,
  };
  return scimError("conflict", "uniqueness", texts[kind]);
}

/** Such as `user.created`; where it happened in a workspace, with its id. */
function principalChanged(
  what: "created" | "changed" | "deleted",
  { account, kind, id, name }: Principal,
  { workspace }: Realm,
  by: PrincipalId,
  nowMs: number,
): DomainEvent {
  return {
    account,
    region: NO_REGION,
    subject: { kind: "principal", id },
    type: `${kind}.${what}`,
    atMs: nowMs,
    detail: { name, by, workspace: workspace?.id ?? null },
  };
}
