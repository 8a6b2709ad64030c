import type { AuditRecord } from "../../core/ports/audit.ts";
import type { DatabricksCall } from "./call.ts";

/** What is known of a call when it has been answered. */
export interface AuditedDatabricksCall {
  readonly call: Omit<DatabricksCall, "operation"> & {
    readonly operation: Pick<DatabricksCall["operation"], "object" | "name">;
  };
  readonly requestId: string;
  readonly atMs: number;
  readonly sourceIp: string;
  readonly userAgent: string | null;
  readonly status: number;
}

/** Members that hold secrets, wherever they are in a request. */
const SECRET = /password|secret(?!_id)|token_value/i;
const REDACTED = "********";

/**
 * A record in the shape of Databricks' audit logs
 * (https://docs.databricks.com/aws/en/admin/account-settings/audit-logs, "Audit log schema").
 */
export function databricksAuditRecord(audited: AuditedDatabricksCall): AuditRecord {
  const { call } = audited;
  const { caller, error, operation } = call;
  return {
    version: "2.0",
    auditLevel: call.workspace === null ? "ACCOUNT_LEVEL" : "WORKSPACE_LEVEL",
    timestamp: audited.atMs,
    accountId: call.account,
    workspaceId: call.workspace ?? "0",
    sourceIPAddress: audited.sourceIp,
    userAgent: audited.userAgent,
    sessionId: null,
    userIdentity: {
      email: caller?.name ?? null,
      subjectName: null,
      credential: caller === null ? null : { ...caller.credential },
    },
    serviceName: call.workspace === null ? "accounts" : operation.object,
    actionName: operation.name,
    requestId: audited.requestId,
    requestParams: call.input === null ? {} : textsOf(redacted(call.input)),
    response: { statusCode: audited.status, errorMessage: error?.message ?? null, result: null },
  };
}

/** The vendor's parameters are texts: what is nested goes as its JSON. */
function textsOf(value: object): Readonly<Record<string, string>> {
  const texts = Object.entries(value).map(([name, member]): [string, string] => [
    name,
    typeof member === "string" ? member : JSON.stringify(member),
  ]);
  const whole = Object.fromEntries(texts);
  if (isShort(whole)) return whole;
  const cut = texts.map(([name, text]) => [
    name,
    text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}... truncated`,
  ]);
  const shorter = Object.fromEntries(cut);
  return isShort(shorter) ? shorter : { TRUNCATED: "" };
}

function isShort(texts: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(texts).length <= MOST;
}

/** Parameters of more characters than the first are cut to the second each, in the vendor's words ("Audit log schema"). */
const MOST = 102_400;
const LONGEST = 1024;

function redacted(value: object): object {
  return JSON.parse(JSON.stringify(value, (name, inner) => (SECRET.test(name) ? REDACTED : inner)));
}
