import type { AccountId } from "../../core/ids.ts";
import type { Json } from "../../core/json.ts";
import type { AuditRecord } from "../../core/ports/audit.ts";

export interface MachineAction {
  /** Null before there is one. */
  readonly account: AccountId | null;
  /** Such as `resetAdministrator`. */
  readonly action: string;
  /** Nothing secret. */
  readonly parameters: { readonly [name: string]: Json };
  readonly atMs: number;
  readonly requestId: string;
}

/**
 * What an operator did on the machine itself, past every API, in the shape of the calls' records
 * (http/databricks/audit-record.ts): nobody has called, so there is no identity and no address.
 */
export function machineAuditRecord({
  account,
  action,
  parameters,
  atMs,
  requestId,
}: MachineAction): AuditRecord {
  return {
    version: "2.0",
    auditLevel: "ACCOUNT_LEVEL",
    timestamp: atMs,
    accountId: account,
    workspaceId: "0",
    sourceIPAddress: null,
    userAgent: null,
    sessionId: null,
    userIdentity: { email: null, credential: { kind: "machine" } },
    serviceName: "firesteel",
    actionName: action,
    requestId,
    requestParams: { ...parameters },
    response: { statusCode: 200, errorMessage: null, result: null },
  };
}
