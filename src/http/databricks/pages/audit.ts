import type { FastifyRequest } from "fastify";
import type { DatabricksCaller } from "../../../core/access/databricks-caller.ts";
import type { AccountId, WorkspaceId } from "../../../core/ids.ts";
import { sourceAddress } from "../../shared/source-address.ts";
import type { DatabricksOptions } from "../account.ts";
import { databricksAuditRecord } from "../audit-record.ts";
import type { ErrorAnswer } from "../errors.ts";

/**
 * What becomes known of something done by way of a page. Its names are the vendor's:
 * https://docs.databricks.com/aws/en/admin/account-settings/audit-logs, "Account events", "Token events".
 */
export interface PageCall {
  readonly object: "accounts" | "tokens";
  name: string;
  account: AccountId | null;
  workspace: WorkspaceId | null;
  caller: DatabricksCaller | null;
  input: Readonly<Record<string, string>>;
  error: ErrorAnswer | null;
}

export function pageCall(object: PageCall["object"], name: string): PageCall {
  return { object, name, account: null, workspace: null, caller: null, input: {}, error: null };
}

export function recordPageCall(
  { audit, clock }: Pick<DatabricksOptions, "audit" | "clock">,
  { object, name, ...call }: PageCall,
  request: FastifyRequest,
  status: number,
): void {
  audit.record(
    databricksAuditRecord({
      call: { ...call, operation: { object, name } },
      requestId: request.id,
      atMs: clock.now(),
      sourceIp: sourceAddress(request),
      userAgent: request.headers["user-agent"] ?? null,
      status,
    }),
  );
}
