import type { FastifyReply } from "fastify";
import { SCIM_TYPES } from "../../core/principal/scim-error.ts";
import type { ErrorAnswer } from "./errors.ts";

export const SCIM_JSON = "application/scim+json; charset=utf-8";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

/** SCIM's words for what the other APIs say. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  INVALID_PARAMETER_VALUE: "invalidValue",
  MALFORMED_REQUEST: "invalidSyntax",
};

/** Answers in SCIM's envelope (databricks-account-api.md A13). */
export function sendScimError(reply: FastifyReply, { status, code, message }: ErrorAnswer): FastifyReply {
  const scimType = SCIM_TYPES.find((type) => type === code) ?? OTHER_TYPES[code];
  return reply
    .status(status)
    .type(SCIM_JSON)
    .send({
      schemas: [ERROR],
      detail: message,
      status: String(status),
      ...(scimType !== undefined && { scimType }),
    });
}
