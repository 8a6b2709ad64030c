import type { FastifyReply } from "fastify";
import { type ErrorAnswer, errorAnswer } from "../emr-containers/errors.ts";

/**
 * An error of Amazon EMR's own API. Its model has three exceptions (botocore `emr` 2009-03-31): what a caller did wrong
 * is an InvalidRequestException, what is not there too.
 */
export function emrErrorAnswer(error: unknown): ErrorAnswer {
  const answer = errorAnswer(error);
  const isCallers = answer.code === "ValidationException" || answer.code === "ResourceNotFoundException";
  return isCallers ? { ...answer, status: 400, code: "InvalidRequestException" } : answer;
}

/** AWS JSON 1.1: the body names the error (botocore's `BaseJSONParser` reads `__type`). */
export function sendEmrError(reply: FastifyReply, { status, code, message }: ErrorAnswer): FastifyReply {
  return reply.status(status).send(JSON.stringify({ __type: code, Message: message }));
}
