import type { AuditRecord } from "../../core/ports/audit.ts";
import { auditActionOf, auditParamsOf } from "./audit-actions.ts";
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
  const action = auditActionOf(operation.name);
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
    serviceName: action?.service ?? (call.workspace === null ? "accounts" : operation.object),
    actionName: action?.action ?? operation.name,
    requestId: audited.requestId,
    requestParams: call.input === null ? {} : paramsOf(operation.name, call.input),
    response: { statusCode: audited.status, errorMessage: error?.message ?? null, result: null },
  };
}

/** Of inputs that answers are kept for: they come again. */
const known = new WeakMap<object, Readonly<Record<string, string>>>();

function paramsOf(operation: string, input: object): Readonly<Record<string, string>> {
  let params = known.get(input);
  if (params === undefined) {
    params = textsOf(redacted(auditParamsOf(operation, input)));
    known.set(input, params);
  }
  return params;
}

/** The vendor's parameters are texts: what is nested goes as its JSON. */
function textsOf(value: object): Readonly<Record<string, string>> {
  const texts = Object.entries(value).map(([name, member]): [string, string] => [
    name,
    typeof member === "string" ? member : JSON.stringify(member),
  ]);
  if (lengthOf(texts) <= MOST) return Object.fromEntries(texts);
  const cut = texts.map(([name, text]): [string, string] => [
    name,
    text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}... truncated`,
  ]);
  return lengthOf(cut) <= MOST ? Object.fromEntries(cut) : { TRUNCATED: "" };
}

function lengthOf(texts: readonly (readonly [string, string])[]): number {
  return texts.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
}

/** Parameters of more characters than the first are cut to the second each, in the vendor's words ("Audit log schema"). */
const MOST = 102_400;
const LONGEST = 1024;

function redacted(value: object): object {
  return JSON.parse(JSON.stringify(value, (name, inner) => (SECRET.test(name) ? REDACTED : inner)));
}
