import type { FastifyRequest } from "fastify";
import type { AnyDatabricksOperation } from "../../contract/databricks/operation.ts";
import type { DatabricksCaller } from "../../core/access/databricks-caller.ts";
import type { ErrorAnswer } from "./errors.ts";

/** What becomes known of a call on its way; the audit record is made of it whatever the end. */
export interface DatabricksCall {
  readonly operation: AnyDatabricksOperation;
  /** What the call is for, as far as it is known: an account, and one of its workspaces. */
  account: string | null;
  workspace: string | null;
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
