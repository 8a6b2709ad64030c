import { IsDateTime } from "typebox/format";

/** The keywords that the contract uses; see `contract/emr-containers/shapes.ts` for those with `x-`. */
export interface Node {
  readonly type?: "string" | "integer" | "boolean" | "array" | "object";
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Node;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly propertyNames?: Node;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly "x-pattern"?: string;
  readonly "x-sensitive"?: boolean;
  readonly "x-wording"?: "role-arn" | "log-uri";
  readonly "x-unsupported"?: string;
}

export interface TextRule {
  readonly wording: string;
  readonly holds: (text: string) => boolean;
}

/** The rules of a text in the order in which the service reports them: shortest, pattern, longest, set. */
export function textRules(node: Node): TextRule[] {
  const rules: TextRule[] = [];
  const { minLength, maxLength, pattern, enum: values } = node;
  if (minLength !== undefined && minLength > 0) {
    rules.push({
      wording: `Member must have length greater than or equal to ${minLength}`,
      holds: (text) => text.length >= minLength * 2 || characters(text) >= minLength,
    });
  }
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "s");
    const printed = node["x-pattern"] ?? pattern;
    rules.push({
      wording: `Member must satisfy regular expression pattern: ${printed}`,
      holds: (text) => expression.test(text),
    });
  }
  if (maxLength !== undefined) {
    rules.push({
      wording: `Member must have length less than or equal to ${maxLength}`,
      holds: (text) => text.length <= maxLength || characters(text) <= maxLength,
    });
  }
  if (values !== undefined) {
    const known = new Set(values);
    rules.push({
      wording: `Member must satisfy enum value set: [${values.join(", ")}]`,
      holds: (text) => known.has(text),
    });
  }
  if (node.format === "date-time") {
    rules.push({ wording: "Member must be a timestamp in ISO 8601 with a zone", holds: isInstant });
  }
  return rules;
}

/** Unicode characters, not UTF-16 units (emr-d.md 2.8). */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A leap second has the right form and is no time that a computer counts. */
function isInstant(text: string): boolean {
  return IsDateTime(text) && !Number.isNaN(Date.parse(text));
}
