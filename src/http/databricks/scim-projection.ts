import { attributeKey } from "../../core/principal/scim-filter.ts";

/** What a client wants to see: names with commas between them, of members or of parts of them. */
export interface Projection {
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

/**
 * Always answered (RFC 7643, 3.1), and so is a service principal's `applicationId`: Terraform's provider reads it of an
 * answer for which it asks for other attributes (terraform-provider-databricks scim/resource_service_principal.go).
 */
const ALWAYS: ReadonlySet<string> = new Set(["schemas", "id", "applicationid"]);

/** Whether a member, or a part of it, is shown at all. */
export function isShown(member: string, projection: Projection): boolean {
  const key = member.toLowerCase();
  const wanted = names(projection.attributes);
  if (wanted !== null) return wanted.some((name) => name === key || name.startsWith(`${key}.`));
  return !names(projection.excludedAttributes)?.includes(key);
}

/** A resource as far as it is asked for (RFC 7644, 3.4.2.5). */
export function projected(resource: object, projection: Projection): object {
  const wanted = names(projection.attributes);
  const unwanted = names(projection.excludedAttributes);
  if (wanted === null && unwanted === null) return resource;
  return Object.fromEntries(
    Object.entries(resource).flatMap(([member, value]) => {
      const key = member.toLowerCase();
      if (ALWAYS.has(key)) return [[member, value]];
      const keeps = (part: string) => {
        const path = `${key}.${part.toLowerCase()}`;
        return wanted === null ? !unwanted?.includes(path) : wanted.includes(path);
      };
      if (wanted === null ? unwanted?.includes(key) : !isShown(member, projection)) return [];
      if (wanted?.includes(key)) return [[member, value]];
      return [[member, withParts(value, keeps)]];
    }),
  );
}

function names(list: string | undefined): readonly string[] | null {
  const given = (list ?? "")
    .split(",")
    .map((name) => attributeKey(name.trim()))
    .filter((name) => name !== "");
  return given.length === 0 ? null : given;
}

function withParts(value: unknown, keeps: (part: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => withParts(each, keeps));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).filter(([part]) => keeps(part)));
}
