import type { FastifyReply } from "fastify";
import { ERROR_TYPE_HEADER } from "../../contract/emr-containers/errors.ts";
import { DomainError, type DomainErrorKind } from "../../core/errors.ts";

interface WireError {
  readonly status: number;
  /** The exception's name on the wire. */
  readonly code: string;
}

/**
 * Statuses of botocore's model `emr-containers` where it has the exception, else of AWS's "Common errors". The model
 * has no exception for a conflict: the service reports one as a ValidationException.
 */
const BY_KIND: Record<DomainErrorKind, WireError> = {
  invalid: { status: 400, code: "ValidationException" },
  "not-found": { status: 400, code: "ResourceNotFoundException" },
  unauthenticated: { status: 403, code: "InvalidSignatureException" },
  forbidden: { status: 403, code: "AccessDeniedException" },
  conflict: { status: 400, code: "ValidationException" },
  throttled: { status: 400, code: "RequestThrottledException" },
  "too-large": { status: 413, code: "RequestEntityTooLargeException" },
  "not-implemented": { status: 501, code: "NotImplementedException" },
  unavailable: { status: 503, code: "ServiceUnavailableException" },
  internal: { status: 500, code: "InternalServerException" },
};

/** Named errors whose status is not their kind's. */
const BY_CODE: Readonly<Record<string, number>> = {
  // "Common errors" of the services: the request signature does not conform to AWS standards, HTTP 400.
  IncompleteSignatureException: 400,
  // The service framework's answer to a route it does not have: smithy-lang/smithy issue 1368.
  UnknownOperationException: 404,
};

/** An error as the service puts it on the wire. */
export interface ErrorAnswer extends WireError {
  readonly message: string;
}

/** botocore's `String1024` of every exception's message; also keeps a caller's own text from growing answers and audit. */
const MAX_MESSAGE_CHARACTERS = 1024;

/** Translates whatever was thrown; a fault of our own keeps its text to the log. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const domainError = asDomainError(error);
  const { status, code } = BY_KIND[domainError.kind];
  const name = domainError.code ?? code;
  const text = domainError.kind === "internal" ? "Internal server error." : domainError.message;
  const message =
    text.length > MAX_MESSAGE_CHARACTERS ? `${text.slice(0, MAX_MESSAGE_CHARACTERS - 3)}...` : text;
  return { status: BY_CODE[name] ?? status, code: name, message };
}

function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  // Fastify's own refusals carry a status: a body over the limit, a malformed request.
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413)
    return new DomainError("too-large", "The request body is larger than this server takes.");
  if (error instanceof Error && typeof status === "number" && status >= 400 && status < 500) {
    return new DomainError("invalid", error.message, { code: "SerializationException" });
  }
  return new DomainError("internal", "Internal server error.", { cause: error });
}

/** botocore reads the name from the header first, other SDKs from the body; the message is the model's one member. */
export function sendError(reply: FastifyReply, answer: ErrorAnswer): FastifyReply {
  return reply
    .status(answer.status)
    .header(ERROR_TYPE_HEADER, answer.code)
    .send({ message: answer.message, __type: answer.code });
}
