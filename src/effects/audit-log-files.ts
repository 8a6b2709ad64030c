import { createHash } from "node:crypto";
import type { AccountObject } from "../core/account-object/account-object.ts";
import { dayOf } from "../core/month.ts";
import type { AuditPiece } from "../core/ports/audit.ts";
import { joinKey } from "../core/s3-uri.ts";

/** One object of a delivery. */
export interface DeliveredFile {
  readonly key: string;
  readonly body: string;
}

/** Where a piece of the audit records begins, on whichever machine it is. */
export interface PieceStart {
  readonly node: string;
  readonly day: string;
  readonly startByte: number;
}

/**
 * The files of a piece of audit records, one for each workspace and day, under the vendor's path
 * (https://docs.databricks.com/aws/en/admin/account-settings/audit-log-delivery, "Create the log delivery
 * configuration"). A name follows from where the piece begins: a piece that is read again, and is longer by then, takes
 * the place of what was delivered of it.
 */
export function auditLogFiles(
  configuration: AccountObject<"log-delivery">,
  start: PieceStart,
  { lines }: AuditPiece,
): readonly DeliveredFile[] {
  const { pathPrefix, enabledAtMs } = configuration.body;
  const internal = createHash("sha256")
    .update(JSON.stringify([configuration.id, enabledAtMs, start, lines[0]]))
    .digest("hex")
    .slice(0, 32);
  const files = new Map<string, string[]>();
  for (const line of lines) {
    const place = placeOf(configuration, line);
    if (place === null) continue;
    const key = joinKey(pathPrefix, place, `auditlogs_${internal}.json`);
    const body = files.get(key) ?? [];
    files.set(key, body);
    body.push(line, "\n");
  }
  return [...files].map(([key, body]) => ({ key, body: body.join("") }));
}

/** The folder of a record; null where the configuration is not for it. */
function placeOf({ account, body }: AccountObject<"log-delivery">, line: string): string | null {
  const record = recordOf(line);
  if (record === null || record.accountId !== account || record.timestamp < body.enabledAtMs) return null;
  const { workspaces } = body;
  if (workspaces !== null && !workspaces.some((id) => id === record.workspaceId)) return null;
  return `workspaceId=${record.workspaceId}/date=${dayOf(record.timestamp)}`;
}

/** What is looked at of a record of the Databricks dialects; null for one of another, and for half a line. */
function recordOf(line: string) {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    // A server that is killed while it writes leaves half a record (`AuditFile`): there is nothing of it to deliver.
    return null;
  }
  if (typeof record !== "object" || record === null) return null;
  if (!("accountId" in record && "workspaceId" in record && "timestamp" in record)) return null;
  const { accountId, workspaceId, timestamp } = record;
  if (typeof workspaceId !== "string" || typeof timestamp !== "number") return null;
  // Part of a key: the ids of workspaces are digits.
  return /^\d+$/.test(workspaceId) ? { accountId, workspaceId, timestamp } : null;
}
