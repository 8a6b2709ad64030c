import type { FastifyRequest } from "fastify";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import type { ErrorAnswer } from "./errors.ts";

/** What becomes known of a call on its way; the audit record is made of it whatever the end. */
export interface DatabricksCall {
  readonly operation: AnyDatabricksOperation;
  caller: DatabricksCaller | null;
  input: object | null;
  error: ErrorAnswer | null;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set on routes of the Databricks dialects as soon as the route is known. */
    databricksCall: DatabricksCall | null;
  }
}

export function databricksCallOf(request: FastifyRequest): DatabricksCall {
  if (request.databricksCall === null)
    throw new Error("The route has no call: its onRequest hook did not run");
  return request.databricksCall;
}

export function callerOf(request: FastifyRequest): DatabricksCaller {
  const { caller } = databricksCallOf(request);
  if (caller === null) throw new Error("The route's caller was not authenticated");
  return caller;
}
