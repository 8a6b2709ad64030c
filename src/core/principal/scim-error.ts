import { DomainError, type DomainErrorKind } from "../errors.ts";

/** The `scimType` values of RFC 7644, 3.12, that this server answers. */
export const SCIM_TYPES = [
  "invalidFilter",
  "invalidPath",
  "invalidSyntax",
  "invalidValue",
  "mutability",
  "uniqueness",
] as const;
export type ScimType = (typeof SCIM_TYPES)[number];

/** An error of SCIM: its type goes as the error's code. */
export function scimError(kind: DomainErrorKind, type: ScimType | null, detail: string): DomainError {
  return new DomainError(kind, detail, type === null ? {} : { code: type });
}
