import { accountId, type PrincipalId, principalId } from "../ids.ts";
import { nameKey, type Principal, type PrincipalKind } from "./principal.ts";
import { scimError } from "./scim-error.ts";
import { type AttributeValues, attributeKey } from "./scim-filter.ts";
import type { ScimAttributes } from "./scim-patch.ts";

export interface GroupReference {
  readonly id: PrincipalId;
  readonly name: string;
  /** Whether the principal is in it itself, and not by way of another group. */
  readonly direct: boolean;
}

export interface MemberReference {
  readonly id: PrincipalId;
  readonly kind: PrincipalKind;
  readonly display: string;
}

/** A principal as an account or one of its workspaces sees it. */
export interface DescribedPrincipal {
  readonly principal: Principal;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly entitlements: readonly string[];
  readonly groups: readonly GroupReference[];
  /** Of a group: its direct members. */
  readonly members: readonly MemberReference[];
}

/** A person's name where it has one, else what tells it from others. */
export function displayNameOf({ displayName, name }: Principal): string {
  return displayName ?? name;
}

/** The attribute, in lower case, that tells principals of a kind from each other. */
export const NAME_ATTRIBUTES: Readonly<Record<PrincipalKind, string>> = {
  user: "username",
  "service-principal": "applicationid",
  group: "displayname",
};

export function valuesOf({
  principal,
  active,
  roles,
  entitlements,
  groups,
  members,
}: DescribedPrincipal): AttributeValues {
  return (attribute) => {
    if (attribute === NAME_ATTRIBUTES[principal.kind]) return [principal.name];
    switch (attribute) {
      case "id":
        return [principal.id];
      case "displayname":
        return [displayNameOf(principal)];
      case "externalid":
        return present(principal.externalId);
      case "active":
        return principal.kind === "group" ? null : [String(active)];
      case "roles":
      case "roles.value":
        return roles;
      case "entitlements":
      case "entitlements.value":
        return entitlements;
      case "groups":
      case "groups.value":
        return groups.map(({ id }) => id);
      case "groups.display":
        return groups.map(({ name }) => name);
      case "members":
      case "members.value":
        return principal.kind === "group" ? members.map(({ id }) => id) : null;
      case "members.display":
        return principal.kind === "group" ? members.map(({ display }) => display) : null;
      default:
        return principal.kind === "user" ? personValues(principal, attribute) : null;
    }
  };
}

/** Whether a filter and an order may look at an attribute of a kind. */
export function isAttribute(kind: PrincipalKind, attribute: string): boolean {
  return valuesOf({ ...BLANK, principal: { ...BLANK.principal, kind } })(attribute) !== null;
}

const BLANK: DescribedPrincipal = {
  principal: {
    id: principalId("0"),
    account: accountId("0"),
    kind: "user",
    workspace: null,
    name: "",
    displayName: null,
    externalId: null,
    active: true,
    roles: [],
    person: null,
    createdAtMs: 0,
    version: 0,
  },
  active: true,
  roles: [],
  entitlements: [],
  groups: [],
  members: [],
};

function personValues({ person }: Principal, attribute: string): readonly string[] | null {
  switch (attribute) {
    case "name.givenname":
      return present(person?.givenName ?? null);
    case "name.familyname":
      return present(person?.familyName ?? null);
    case "emails":
    case "emails.value":
      return (person?.emails ?? []).map(({ value }) => value);
    case "emails.type":
      return (person?.emails ?? []).flatMap(({ type }) => present(type));
    default:
      return null;
  }
}

function present(value: string | null): readonly string[] {
  return value === null || value === "" ? [] : [value];
}

/** Compares by the first value of an attribute, without regard to case; those that have none come last. */
export function byAttribute(
  name: string,
  order: "ascending" | "descending",
): (a: DescribedPrincipal, b: DescribedPrincipal) => number {
  const attribute = attributeKey(name);
  const keyOf = (described: DescribedPrincipal) => {
    const values = valuesOf(described)(attribute);
    if (values === null)
      throw scimError("invalid", "invalidValue", `'${name}' is not an attribute that can be sorted by.`);
    return values[0] === undefined ? null : nameKey(values[0]);
  };
  const sign = order === "descending" ? -1 : 1;
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left === right) return 0;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  };
}

/** As a patch or a replacement starts from. */
export function scimAttributesOf(described: DescribedPrincipal): ScimAttributes {
  const { principal, active, roles, entitlements, groups, members } = described;
  const { kind, name, person } = principal;
  return {
    userName: kind === "user" ? name : null,
    applicationId: kind === "service-principal" ? name : null,
    displayName: kind === "group" ? name : principal.displayName,
    externalId: principal.externalId,
    active,
    givenName: person?.givenName ?? null,
    familyName: person?.familyName ?? null,
    emails: (person?.emails ?? []).map(({ value, type, primary }) => ({
      value,
      primary,
      ...(type !== null && { type }),
    })),
    roles: roles.map((value) => ({ value })),
    entitlements: entitlements.map((value) => ({ value })),
    groups: groups.filter(({ direct }) => direct).map(({ id }) => ({ value: id })),
    members: members.map(({ id }) => ({ value: id })),
  };
}
