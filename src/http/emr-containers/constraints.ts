import type { TSchema } from "typebox";
import { printed, quoted, wrongKind } from "./constraint-text.ts";
import { type Node, type TextRule, textRules } from "./text-rules.ts";

/** What is wrong with a request, sorted by how it is answered. */
export interface Faults {
  /** Values of the wrong JSON kind. */
  readonly kinds: string[];
  /** Members that do not exist or are not honoured. */
  readonly members: string[];
  /** Broken constraints, each a whole clause of the service's wording. */
  readonly constraints: string[];
  /** What the service looks at after the constraints, each a whole message. */
  readonly semantics: string[];
  /** Whether a null was seen: it stands for an absent member. */
  nulls: boolean;
}

type Check = (value: unknown, path: string, faults: Faults) => void;

/**
 * Compiles a schema of the contract to a check in the service's words: `Value 'x' at 'name' failed to satisfy
 * constraint: Member must …` (Coral's, as quoted for many services; mhart/dynalite `validations/index.js` has the list).
 */
export function compileConstraints(schema: TSchema): (value: unknown) => Faults {
  // TypeBox schemas are plain JSON Schema objects; Node names the keywords that the contract uses.
  const check = compile(schema as Node);
  return (value) => {
    const faults: Faults = { kinds: [], members: [], constraints: [], semantics: [], nulls: false };
    check(value, "", faults);
    return faults;
  };
}

function compile(node: Node): Check {
  if (node.enum !== undefined || node.type === "string") return compileText(node);
  if (node.type === "integer") return compileInteger(node);
  if (node.type === "boolean") return checkBoolean;
  if (node.type === "array") return compileList(node);
  if (node.patternProperties !== undefined) return compileMap(node);
  if (node.properties !== undefined) return compileStructure(node);
  throw new Error(`The contract uses a schema that has no check: ${JSON.stringify(node)}`);
}

const clause = (node: Node, value: unknown, path: string, wording: string) =>
  `Value${quoted(value, node["x-sensitive"] === true)} at '${path}' failed to satisfy constraint: ${wording}`;

function compileText(node: Node): Check {
  const rules = textRules(node);
  const wording = node["x-wording"];
  return (value, path, faults) => {
    if (typeof value !== "string") {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "string")}`);
      return;
    }
    const broken = rules.filter((rule) => !rule.holds(value));
    if (broken.length > 0 && wording !== undefined) WORDINGS[wording](node, value, path, faults);
    else for (const rule of broken) faults.constraints.push(clause(node, value, path, rule.wording));
  };
}

/** emr-b.md 4.1 rows 5 and 10: two members have wordings of their own, and the second one's is a whole message. */
const WORDINGS = {
  "role-arn": (node: Node, value: string, path: string, faults: Faults) => {
    faults.constraints.push(
      `Value ${printed(value)} at '${path}' failed to satisfy the ARN regular expression pattern: ${node["x-pattern"]}`,
    );
  },
  "log-uri": (_node: Node, _value: string, path: string, faults: Faults) => {
    faults.semantics.push(
      `${path} failed to satisfy constraint : Member must be of the form s3://bucket/prefix`,
    );
  },
} as const;

function compileInteger(node: Node): Check {
  const { minimum = -Infinity, maximum = Infinity } = node;
  return (value, path, faults) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "integer")}`);
    } else if (value < minimum) {
      const wording = `Member must have value greater than or equal to ${minimum}`;
      faults.constraints.push(clause(node, value, path, wording));
    } else if (value > maximum) {
      const wording = `Member must have value less than or equal to ${maximum}`;
      faults.constraints.push(clause(node, value, path, wording));
    }
  };
}

function checkBoolean(value: unknown, path: string, faults: Faults): void {
  if (typeof value !== "boolean")
    faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "boolean")}`);
}

/** The service reports a list of plain values as a whole, with all rules of its members. */
function compileList(node: Node): Check {
  const items = node.items ?? {};
  const rules = items.type === "object" ? null : textRules(items);
  const item = rules === null ? compile(items) : null;
  const sensitive: Node = { "x-sensitive": items["x-sensitive"] === true };
  return (value, path, faults) => {
    if (!Array.isArray(value)) {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "array")}`);
      return;
    }
    if (node.maxItems !== undefined && value.length > node.maxItems) {
      const wording = `Member must have length less than or equal to ${node.maxItems}`;
      faults.constraints.push(clause(sensitive, value, path, wording));
    }
    if (item !== null) {
      for (const [index, element] of value.entries()) item(element, `${path}.${index + 1}.member`, faults);
      return;
    }
    checkMembers(value, rules ?? [], "Member", sensitive, value, path, faults);
  };
}

/** A map is reported as a whole too, its keys and its values apart. */
function compileMap(node: Node): Check {
  const values = Object.values(node.patternProperties ?? {})[0] ?? {};
  const valueRules = textRules(values);
  const keyRules = textRules(node.propertyNames ?? {});
  const sensitive: Node = { "x-sensitive": values["x-sensitive"] === true };
  return (value, path, faults) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "object")}`);
      return;
    }
    const keys = Object.keys(value);
    if (node.maxProperties !== undefined && keys.length > node.maxProperties) {
      const wording = `Member must have length less than or equal to ${node.maxProperties}`;
      faults.constraints.push(clause(sensitive, value, path, wording));
    }
    checkMembers(keys, keyRules, "Map keys", sensitive, value, path, faults);
    checkMembers(Object.values(value), valueRules, "Map value", sensitive, value, path, faults);
  };
}

function checkMembers(
  members: readonly unknown[],
  rules: readonly TextRule[],
  what: "Member" | "Map keys" | "Map value",
  node: Node,
  whole: unknown,
  path: string,
  faults: Faults,
): void {
  for (const member of members) {
    if (member === null) {
      faults.constraints.push(
        clause(node, whole, path, `${what} must satisfy constraint: [Member must not be null]`),
      );
      return;
    }
    if (typeof member !== "string") {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(member, "string")}`);
      return;
    }
    if (rules.every((rule) => rule.holds(member))) continue;
    const all = rules.map(({ wording }) => wording).join(", ");
    faults.constraints.push(clause(node, whole, path, `${what} must satisfy constraint: [${all}]`));
    return;
  }
}

function compileStructure(node: Node): Check {
  const members = new Map<string, { unsupported: string | null; required: boolean; check: Check | null }>();
  for (const [name, member] of Object.entries(node.properties ?? {})) {
    const unsupported = member["x-unsupported"] ?? null;
    const required = node.required?.includes(name) === true;
    members.set(name, { unsupported, required, check: unsupported === null ? compile(member) : null });
  }
  const required = [...members.keys()].filter((name) => members.get(name)?.required === true);
  return (value, path, faults) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      faults.kinds.push(`Value at '${path}' has the wrong type: ${wrongKind(value, "object")}`);
      return;
    }
    const prefix = path === "" ? "" : `${path}.`;
    const present = new Set<string>();
    for (const [name, member] of Object.entries(value)) {
      const known = members.get(name);
      if (known === undefined)
        faults.members.push(`Unknown member '${prefix}${name}': the operation has no such member`);
      else if (member === null) faults.nulls = true;
      else {
        present.add(name);
        if (known.unsupported !== null) {
          faults.members.push(`Member '${prefix}${name}' is not supported: ${known.unsupported}`);
        } else known.check?.(member, `${prefix}${name}`, faults);
      }
    }
    for (const name of required) {
      if (!present.has(name)) {
        faults.constraints.push(clause({}, null, `${prefix}${name}`, "Member must not be null"));
      }
    }
    refuseUnionCount(node, value, present.size, path, faults);
  };
}

function refuseUnionCount(node: Node, value: object, count: number, path: string, faults: Faults): void {
  if (
    node.minProperties === undefined ||
    (count >= node.minProperties && count <= (node.maxProperties ?? count))
  )
    return;
  const choices = Object.keys(node.properties ?? {}).filter(
    (name) => node.properties?.[name]?.["x-unsupported"] === undefined,
  );
  const wording = `Member must have exactly one member set, of: ${choices.join(", ")}`;
  faults.constraints.push(clause({ "x-sensitive": count > 0 }, value, path, wording));
}
