import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { takeAnyBody } from "./any-body.ts";
import { type ErrorAnswer, errorAnswer } from "./errors.ts";

/**
 * Takes bodies as text, whatever type they claim to be, and answers what fails by `send`. The answer is kept in the
 * request's call, where it has one, for its audit record.
 */
export function takeForms(
  app: FastifyInstance,
  calls: WeakMap<FastifyRequest, { error: ErrorAnswer | null }>,
  send: (request: FastifyRequest, reply: FastifyReply, answer: ErrorAnswer) => FastifyReply,
): void {
  takeAnyBody(app, "string");
  app.setErrorHandler((error, request, reply) => {
    const answer = errorAnswer(error);
    const call = calls.get(request);
    if (call !== undefined) call.error = answer;
    if (answer.status >= 500) request.log.error({ err: error }, "request failed");
    return send(request, reply, answer);
  });
}
