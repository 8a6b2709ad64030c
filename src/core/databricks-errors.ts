import { DomainError } from "./errors.ts";

/** The error codes of databricks-account-api.md A13 that core and use cases throw; the message is what clients show. */
export const invalidParameter = (message: string) =>
  new DomainError("invalid", message, { code: "INVALID_PARAMETER_VALUE" });
export const malformedRequest = (message: string) =>
  new DomainError("invalid", message, { code: "MALFORMED_REQUEST" });
/** The object is in a state that does not allow it, such as one that others use: HTTP 409, as databricks-account-api.md B8 has it. */
export const invalidState = (message: string) =>
  new DomainError("conflict", message, { code: "INVALID_STATE" });
export const alreadyExists = (message: string) =>
  new DomainError("conflict", message, { code: "RESOURCE_ALREADY_EXISTS" });
export const doesNotExist = (message: string) =>
  new DomainError("not-found", message, { code: "RESOURCE_DOES_NOT_EXIST" });
export const permissionDenied = (message: string) =>
  new DomainError("forbidden", message, { code: "PERMISSION_DENIED" });
export const unauthenticated = (message: string) =>
  new DomainError("unauthenticated", message, { code: "UNAUTHENTICATED" });
