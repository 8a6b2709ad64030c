import { NAME_ATTRIBUTES } from "./described-principal.ts";
import type { PrincipalKind } from "./principal.ts";
import type { ScimFilter } from "./scim-filter.ts";

/** What a store can tell of a principal by itself, exactly as `matchesScimFilter` would. */
export type PrincipalCondition =
  | { readonly kind: "and" | "or"; readonly conditions: readonly PrincipalCondition[] }
  | { readonly kind: "not"; readonly condition: PrincipalCondition }
  /** Of the name as `nameKey` makes it, or of the id. */
  | {
      readonly kind: "text";
      readonly of: "name" | "id";
      readonly operator: "eq" | "co" | "sw" | "ew";
      /** In lower case. */
      readonly value: string;
    }
  | { readonly kind: "active" };

export interface PrincipalOrder {
  readonly by: "age" | "name" | "id";
  readonly direction: "ascending" | "descending";
}

const ALWAYS: PrincipalCondition = { kind: "and", conditions: [] };
const not = (condition: PrincipalCondition): PrincipalCondition => ({ kind: "not", condition });

/** The filter as a store judges it; null where only who has described the principals can. */
export function conditionOf(filter: ScimFilter, kind: PrincipalKind): PrincipalCondition | null {
  switch (filter.kind) {
    case "and":
    case "or": {
      const [left, right] = [conditionOf(filter.left, kind), conditionOf(filter.right, kind)];
      if (left === null || right === null) return null;
      // A row of them nests to the left: as one list it is no deeper than it looks.
      const before = left.kind === filter.kind ? left.conditions : [left];
      return { kind: filter.kind, conditions: [...before, right] };
    }
    case "not": {
      const inner = conditionOf(filter.filter, kind);
      return inner === null ? null : not(inner);
    }
    case "present":
      return textOf(filter.attribute, kind) === null && !isActive(filter.attribute, kind) ? null : ALWAYS;
    case "compare": {
      const { attribute, operator } = filter;
      const value = filter.value.toLowerCase();
      const of = textOf(attribute, kind);
      if (of !== null)
        return operator === "ne"
          ? not({ kind: "text", of, operator: "eq", value })
          : { kind: "text", of, operator, value };
      if (!isActive(attribute, kind) || (operator !== "eq" && operator !== "ne")) return null;
      const matches: PrincipalCondition =
        value === "true" ? { kind: "active" } : value === "false" ? not({ kind: "active" }) : not(ALWAYS);
      return operator === "eq" ? matches : not(matches);
    }
  }
}

/** The order as a store keeps it; null where only who has described the principals can. */
export function orderOf(
  attribute: string | null,
  direction: PrincipalOrder["direction"],
  kind: PrincipalKind,
): PrincipalOrder | null {
  if (attribute === null) return { by: "age", direction: "ascending" };
  const by = textOf(attribute, kind);
  return by === null ? null : { by, direction };
}

function textOf(attribute: string, kind: PrincipalKind): "name" | "id" | null {
  if (attribute === "id") return "id";
  return attribute === NAME_ATTRIBUTES[kind] ? "name" : null;
}

function isActive(attribute: string, kind: PrincipalKind): boolean {
  return attribute === "active" && kind !== "group";
}
