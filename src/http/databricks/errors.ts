import type { FastifyReply } from "fastify";
import { DomainError, type DomainErrorKind } from "../../core/errors.ts";

/** An error as the service puts it on the wire (databricks-account-api.md A13). */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly object[];
}

const BY_KIND: Record<DomainErrorKind, Omit<ErrorAnswer, "message" | "details">> = {
  invalid: { status: 400, code: "INVALID_PARAMETER_VALUE" },
  "not-found": { status: 404, code: "RESOURCE_DOES_NOT_EXIST" },
  unauthenticated: { status: 401, code: "UNAUTHENTICATED" },
  forbidden: { status: 403, code: "PERMISSION_DENIED" },
  conflict: { status: 409, code: "RESOURCE_CONFLICT" },
  throttled: { status: 429, code: "REQUEST_LIMIT_EXCEEDED" },
  "too-large": { status: 413, code: "MALFORMED_REQUEST" },
  "not-implemented": { status: 501, code: "NOT_IMPLEMENTED" },
  unavailable: { status: 503, code: "TEMPORARILY_UNAVAILABLE" },
  internal: { status: 500, code: "INTERNAL_ERROR" },
};

/** Translates whatever was thrown; a fault of our own keeps its text to the log. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const domainError = asDomainError(error);
  const { status, code } = BY_KIND[domainError.kind];
  const message = domainError.kind === "internal" ? "Internal server error." : domainError.message;
  return { status, code: domainError.code ?? code, message, details: domainError.details };
}

function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  // Fastify's own refusals carry a status: a body over the limit, a malformed request.
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413)
    return new DomainError("too-large", "The request body is larger than this server takes.");
  if (error instanceof Error && typeof status === "number" && status >= 400 && status < 500)
    return new DomainError("invalid", error.message, { code: "MALFORMED_REQUEST" });
  return new DomainError("internal", "Internal server error.", { cause: error });
}

export function sendError(
  reply: FastifyReply,
  { status, code, message, details }: ErrorAnswer,
): FastifyReply {
  return reply.status(status).send({ error_code: code, message, ...(details.length > 0 && { details }) });
}
