import { scimError } from "./scim-error.ts";
import { attributeKey, matchesScimFilter, parseScimFilter, type ScimFilter } from "./scim-filter.ts";

/** One of a multi-valued attribute's values; `value` is an id or a name, by the attribute. */
export interface ScimValue {
  readonly value: string;
  readonly display?: string;
  readonly type?: string;
  readonly primary?: boolean;
}

/** All of a principal that SCIM can change. */
export interface ScimAttributes {
  readonly userName: string | null;
  readonly applicationId: string | null;
  readonly displayName: string | null;
  readonly externalId: string | null;
  readonly active: boolean;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly emails: readonly ScimValue[];
  readonly roles: readonly ScimValue[];
  readonly entitlements: readonly ScimValue[];
  /** Those that it is in directly. */
  readonly groups: readonly ScimValue[];
  /** Of a group. */
  readonly members: readonly ScimValue[];
}

const LISTS = {
  emails: "emails",
  roles: "roles",
  entitlements: "entitlements",
  groups: "groups",
  members: "members",
} as const satisfies { readonly [Key in keyof ScimAttributes]?: Key };
type ListName = keyof typeof LISTS;

const TEXTS = {
  username: "userName",
  applicationid: "applicationId",
  displayname: "displayName",
  externalid: "externalId",
  "name.givenname": "givenName",
  "name.familyname": "familyName",
} as const satisfies Readonly<Record<string, keyof ScimAttributes>>;

/** Attributes that clients send along and that say nothing here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["schemas", "id", "meta", "name.formatted", "name"]);

export interface ScimPatchOperation {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

const invalid = (type: "invalidPath" | "invalidSyntax" | "invalidValue", detail: string) =>
  scimError("invalid", type, detail);

/**
 * Applies the operations of a PatchOp in their order, in all the shapes that clients send
 * (databricks-workspace-api.md C10). Throws a SCIM error.
 */
export function applyScimPatch(
  attributes: ScimAttributes,
  operations: readonly ScimPatchOperation[],
): ScimAttributes {
  return operations.reduce(applyOne, attributes);
}

function applyOne(attributes: ScimAttributes, { op, path, value }: ScimPatchOperation): ScimAttributes {
  const verb = op.toLowerCase();
  if (verb !== "add" && verb !== "remove" && verb !== "replace")
    throw invalid("invalidSyntax", `'${op}' is not an operation of a patch: add, remove or replace.`);
  if (path !== undefined && path !== "") return applyAt(attributes, verb, readPath(path), value);
  if (verb === "remove") throw scimError("invalid", null, "A remove operation needs a path.");
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw invalid("invalidValue", `An operation without a path needs an object as its value.`);
  return Object.entries(flattened(value)).reduce(
    (changed, [name, inner]) =>
      applyAt(changed, verb, { attribute: attributeKey(name), filter: null }, inner),
    attributes,
  );
}

/** `name: {givenName}` as `name.givenName`, the one attribute with parts. */
function flattened(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      attributeKey(name) === "name" && inner !== null && typeof inner === "object"
        ? Object.entries(inner).map(([part, text]) => [`name.${part}`, text])
        : [[name, inner]],
    ),
  );
}

interface PatchPath {
  readonly attribute: string;
  /** Of `members[value eq "1"]`, what is in the brackets. */
  readonly filter: ScimFilter | null;
}

function readPath(path: string): PatchPath {
  const [, name = "", filter] = /^([^[\]]+)(?:\[(.*)\](?:\.value)?)?$/s.exec(path.trim()) ?? [];
  if (name === "") throw invalid("invalidPath", `The path '${path}' cannot be read.`);
  return {
    attribute: attributeKey(name),
    filter: filter === undefined ? null : parseScimFilter(filter),
  };
}

function applyAt(
  attributes: ScimAttributes,
  verb: "add" | "remove" | "replace",
  path: PatchPath,
  value: unknown,
): ScimAttributes {
  const { attribute, filter } = path;
  if (isList(attribute)) {
    const list = LISTS[attribute];
    return { ...attributes, [list]: changedList(attributes[list], list, verb, filter, value) };
  }
  if (attribute === "name" && value !== null && typeof value === "object")
    return applyOne(attributes, { op: verb, value: { name: value } });
  if (WITHOUT_EFFECT.has(attribute)) return attributes;
  if (filter !== null) throw invalid("invalidPath", `'${attribute}' has one value: it takes no filter.`);
  if (attribute === "active") return { ...attributes, active: verb === "remove" ? true : truth(value) };
  if (!isText(attribute))
    throw invalid("invalidPath", `No such attribute with the name : ${attribute} in the current resource`);
  return { ...attributes, [TEXTS[attribute]]: verb === "remove" ? null : text(attribute, value) };
}

function isList(attribute: string): attribute is ListName {
  return Object.hasOwn(LISTS, attribute);
}

function isText(attribute: string): attribute is keyof typeof TEXTS {
  return Object.hasOwn(TEXTS, attribute);
}

function changedList(
  list: readonly ScimValue[],
  name: ListName,
  verb: "add" | "remove" | "replace",
  filter: ScimFilter | null,
  value: unknown,
): readonly ScimValue[] {
  const chosen = (each: ScimValue) => filter !== null && matchesScimFilter(filter, valuesOf(each));
  if (verb === "remove") {
    if (filter !== null) return list.filter((each) => !chosen(each));
    // The service's own words, which Terraform's provider takes as "gone already".
    if (list.length === 0)
      throw invalid("invalidPath", `No such attribute with the name : ${name} in the current resource`);
    const gone = new Set(scimValues(name, value ?? []).map((each) => each.value));
    return value === undefined ? [] : list.filter((each) => !gone.has(each.value));
  }
  const given = scimValues(name, value);
  if (verb === "add") return united(list, given);
  return filter === null
    ? united([], given)
    : united(
        list.filter((each) => !chosen(each)),
        given,
      );
}

function valuesOf(value: ScimValue): (attribute: string) => readonly string[] | null {
  return (attribute) => {
    switch (attribute) {
      case "value":
        return [value.value];
      case "display":
      case "type":
        return value[attribute] === undefined ? [] : [value[attribute]];
      case "primary":
        return [String(value.primary ?? false)];
      default:
        return null;
    }
  };
}

/** Each value once; what is given of one that is there already takes its place. */
function united(list: readonly ScimValue[], given: readonly ScimValue[]): readonly ScimValue[] {
  const byValue = new Map(list.map((each) => [each.value, each]));
  for (const each of given) byValue.set(each.value, { ...byValue.get(each.value), ...each });
  return [...byValue.values()];
}

/**
 * Reads `[{value}]`, one `{value}`, or texts. Terraform's provider sends `[{"value":""}]` or `[{}]` for none
 * (databricks-workspace-api.md C10): what has no value is dropped.
 */
export function scimValues(name: string, value: unknown): readonly ScimValue[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item): readonly ScimValue[] => {
    if (typeof item === "string") return item === "" ? [] : [{ value: item }];
    if (item === null || typeof item !== "object")
      throw invalid("invalidValue", `${name} takes a list of objects with a member 'value'.`);
    const { value: inner, display, type, primary } = item as Record<string, unknown>; // members are looked at below
    if (inner === undefined || inner === null || inner === "") return [];
    if (typeof inner !== "string" && typeof inner !== "number")
      throw invalid("invalidValue", `${name} takes values that are texts.`);
    return [
      {
        value: String(inner),
        ...(typeof display === "string" && { display }),
        ...(typeof type === "string" && { type }),
        ...(typeof primary === "boolean" && { primary }),
      },
    ];
  });
}

/** A value, or `[{"value":…}]` around one. */
function single(value: unknown): unknown {
  const [first] = Array.isArray(value) && value.length === 1 ? value : [value];
  return first !== null && typeof first === "object" && "value" in first ? first.value : first;
}

function text(attribute: string, value: unknown): string {
  const inner = single(value);
  if (typeof inner !== "string") throw invalid("invalidValue", `${attribute} takes a text.`);
  return inner;
}

function truth(value: unknown): boolean {
  const inner = String(single(value)).toLowerCase();
  if (inner !== "true" && inner !== "false") throw invalid("invalidValue", "active takes true or false.");
  return inner === "true";
}
