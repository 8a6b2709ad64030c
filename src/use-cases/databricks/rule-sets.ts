import { doesNotExist, invalidParameter, permissionDenied } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import { principalId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import type { DatabricksContext, DatabricksDependencies, WorkspaceContext } from "./context.ts";
import { changeDocument, readDocument } from "./documents.ts";
import { isInRealm, type Realm, realmOf } from "./realm.ts";

type Context = DatabricksContext | WorkspaceContext;

export interface GrantRule {
  readonly role: string;
  /** Such as `users/ann@example.com`, `groups/data-team`, `servicePrincipals/<application id>`. */
  readonly principals: readonly string[];
}

export interface RuleSet {
  readonly name: string;
  readonly etag: string;
  readonly rules: readonly GrantRule[];
}

/** The roles that can be granted, by what they are for (databricks-account-api.md B13). */
const ROLES = {
  account: [
    "roles/servicePrincipal.manager",
    "roles/group.manager",
    "roles/marketplace.admin",
    "roles/billing.admin",
  ],
  servicePrincipals: ["roles/servicePrincipal.manager", "roles/servicePrincipal.user"],
  groups: ["roles/group.manager"],
} as const;

/** The roles that can be granted on `accounts/<id>`, or on a service principal or group of it. */
export async function assignableRoles(
  { store }: DatabricksDependencies,
  context: Context,
  resource: string,
): Promise<readonly string[]> {
  return (await resourceMeant(store, realmOf(context), resource)).roles;
}

/** Who has which role on a resource. Throws where there is no such resource. */
export async function getRuleSet(
  { store }: DatabricksDependencies,
  context: Context,
  name: string,
): Promise<RuleSet> {
  const { document } = await resourceMeant(store, realmOf(context), resourceOf(name));
  const { body, etag } = await readDocument<Json>(store, context.caller.account, document, []);
  return { name, etag, rules: rulesOf(body) };
}

/**
 * Replaces all rules of a resource. Throws `RESOURCE_CONFLICT` where the etag is not that of the last read, and
 * `INVALID_PARAMETER_VALUE` for a role or a principal that there is not.
 */
export async function replaceRuleSet(
  dependencies: DatabricksDependencies,
  context: Context,
  name: string,
  given: { readonly etag: string; readonly rules: readonly GrantRule[] },
): Promise<RuleSet> {
  const { store } = dependencies;
  const realm = realmOf(context);
  const { document, roles } = await resourceMeant(store, realm, resourceOf(name));
  for (const { role, principals } of given.rules) {
    if (!roles.includes(role)) throw invalidParameter(`Role ${role} cannot be granted: ${roles.join(", ")}.`);
    for (const principal of principals) await checkPrincipal(store, realm, principal);
  }
  const { body, etag } = await changeDocument<Json>(
    dependencies,
    context.caller.account,
    document,
    [],
    (before) => {
      if (given.etag !== before.etag)
        throw new DomainError(
          "conflict",
          `The etag of rule set ${name} is out of date: read it again and change what it is now.`,
        );
      return given.rules.map(({ role, principals }) => ({ role, principals: [...principals] }));
    },
  );
  return { name, etag, rules: rulesOf(body) };
}

/** Only rules are written under such a name. */
function rulesOf(body: Json): readonly GrantRule[] {
  return body as unknown as readonly GrantRule[];
}

function resourceOf(name: string): string {
  const resource = /^(.+)\/ruleSets\/default$/.exec(name)?.[1];
  if (resource === undefined)
    throw invalidParameter(`name: '${name}' is not a rule set: accounts/<account>/…/ruleSets/default.`);
  return resource;
}

/** The document is named by ids that are never given again, so that who comes later inherits nothing. */
async function resourceMeant(
  store: AccountStore,
  realm: Realm,
  resource: string,
): Promise<{ readonly document: string; readonly roles: readonly string[] }> {
  const [, account, kind, id] =
    /^accounts\/([^/]+)(?:\/(servicePrincipals|groups)\/([^/]+))?$/.exec(resource) ?? [];
  if (account === undefined) throw invalidParameter(`'${resource}' is not a resource with roles.`);
  if (account.toLowerCase() !== realm.account) throw permissionDenied(`${resource} is of another account.`);
  if (kind === undefined || id === undefined) {
    if (realm.workspace !== null)
      throw permissionDenied(`The roles of an account are granted in the account.`);
    return { document: "rule-set:account", roles: ROLES.account };
  }
  const found =
    kind === "groups"
      ? await store.principals.get(realm.account, principalId(id))
      : await store.principals.named(realm.account, "service-principal", id);
  const wanted = kind === "groups" ? "group" : "service-principal";
  if (found?.kind !== wanted || !(await isInRealm(store, realm, found)))
    throw doesNotExist(`${resource} does not exist.`);
  return { document: `rule-set:${found.id}`, roles: ROLES[kind as "groups" | "servicePrincipals"] }; // the pattern's own
}

const KINDS = { users: "user", groups: "group", servicePrincipals: "service-principal" } as const;

async function checkPrincipal(store: AccountStore, realm: Realm, text: string): Promise<void> {
  const [, kind, name] = /^(users|groups|servicePrincipals)\/(.+)$/s.exec(text) ?? [];
  if (kind === undefined || name === undefined)
    throw invalidParameter(`'${text}' is not a principal: users/…, groups/… or servicePrincipals/….`);
  const found = await store.principals.named(realm.account, KINDS[kind as keyof typeof KINDS], name); // the pattern's own
  if (found === null || !(await isInRealm(store, realm, found)))
    throw invalidParameter(`Principal ${text} does not exist.`);
}
