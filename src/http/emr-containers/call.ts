import type { FastifyRequest } from "fastify";
import type { AnyOperation } from "../../contract/operation.ts";
import type { SignatureClaim } from "../../core/access/signature-v4-claim.ts";
import type { RequestHead } from "../../core/access/signature-v4-request.ts";
import type { AuthenticatedCall } from "../shared/authenticate-aws.ts";
import type { ErrorAnswer } from "./errors.ts";

/** What becomes known of a call on its way; the audit record is made of it whatever the end. */
export interface Call {
  readonly operation: AnyOperation;
  readonly head: RequestHead;
  claim: SignatureClaim | null;
  authenticated: AuthenticatedCall | null;
  input: object | null;
  output: object | null;
  error: ErrorAnswer | null;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set on routes of the EMR dialect as soon as the route is known. */
    emrCall: Call | null;
  }
  interface FastifyContextConfig {
    /** Which API a route belongs to; a label of metrics and logs. */
    dialect?: string;
    /** The vendor's name of the operation. */
    operation?: string;
  }
}

export function callOf(request: FastifyRequest): Call {
  if (request.emrCall === null) throw new Error("The route has no call: its onRequest hook did not run");
  return request.emrCall;
}
