import type { FastifyReply, FastifyRequest } from "fastify";
import { REQUEST_ID_HEADER } from "../../contract/emr-containers/errors.ts";
import { EMR_CONTAINERS_OPERATIONS } from "../../contract/emr-containers/operations.ts";
import { DomainError } from "../../core/errors.ts";
import { errorAnswer, sendError } from "./errors.ts";

const PREFIXES = new Set(Object.values(EMR_CONTAINERS_OPERATIONS).map(({ path }) => path.split("/")[1]));

/**
 * Whether a request without a route was meant for this dialect: it is signed as AWS signs, or starts like one of the
 * dialect's paths.
 */
export function isMeantForEmrContainers(request: FastifyRequest): boolean {
  const [, first] = request.url.split(/[/?]/);
  return PREFIXES.has(first) || request.headers.authorization?.startsWith("AWS4-") === true;
}

/**
 * AWS's service framework answers 404 `UnknownOperationException` to a method and path that no operation has
 * (smithy-lang/smithy issue 1368), before it looks at the signature.
 */
export function answerUnknownOperation(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `No operation of emr-containers has the method and path of this request.`;
  const error = new DomainError("not-found", message, { code: "UnknownOperationException" });
  return sendError(reply.header(REQUEST_ID_HEADER, request.id), errorAnswer(error));
}
