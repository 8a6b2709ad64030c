import type { FastifyInstance } from "fastify";

/**
 * Takes bodies whatever type they claim to be, also one that is no media type, such as `json`, or none
 * (databricks-account-api.md 0, rule 3): what a body is, its first character says. Fastify would refuse such a claim
 * before a parser sees the body.
 */
export function takeAnyBody(app: FastifyInstance, parseAs: "buffer" | "string"): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", (request, _reply, done) => {
    const { headers } = request.raw;
    if (headers["content-type"] !== undefined) headers["content-type"] = "application/octet-stream";
    done();
  });
}
