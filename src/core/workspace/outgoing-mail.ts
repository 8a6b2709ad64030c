import type { AccountId, WorkspaceId } from "../ids.ts";
import { isAddress, type Mail } from "../ports/mail.ts";
import type { Principal } from "../principal/principal.ts";
import type { WorkspaceObject } from "./workspace.ts";

/** That somebody is to be told that a workspace runs; stored with the state that it tells of. */
export interface OutgoingMail {
  readonly id: string;
  readonly account: AccountId;
  readonly workspace: WorkspaceId;
  /** An address. */
  readonly recipient: string;
  readonly attempts: number;
  readonly dueAtMs: number;
  readonly createdAtMs: number;
  /** The last failure; null where there was none. */
  readonly lastError: string | null;
}

/** Where somebody is reached: the first address, or a user name that is one; null for those who have none. */
export function addressOf({ kind, name, person }: Principal): string | null {
  if (kind !== "user") return null;
  const emails = person?.emails ?? [];
  const [first] = [...emails.filter(({ primary }) => primary), ...emails].map(({ value }) => value);
  return [first, name].find((each) => each !== undefined && isAddress(each)) ?? null;
}

/** What the creator of a workspace is told when it runs for the first time. */
export function runningMail(workspace: WorkspaceObject, recipient: string, nowMs: number): OutgoingMail {
  return {
    // A workspace runs for the first time once, so the intent has one name however often it is written.
    id: `workspace-${workspace.id}-running`,
    account: workspace.account,
    workspace: workspace.id,
    recipient,
    attempts: 0,
    dueAtMs: nowMs,
    createdAtMs: nowMs,
    lastError: null,
  };
}

/** @param url where the workspace is */
export function composeMail(
  { id, recipient, createdAtMs }: OutgoingMail,
  {
    id: workspace,
    name,
    region,
  }: { readonly id: WorkspaceId; readonly name: string; readonly region: string },
  url: string,
): Mail {
  // A workspace may have any name.
  const line = name.replace(/[\s\p{C}]+/gu, " ");
  return {
    id,
    to: recipient,
    subject: `Workspace ${line} is running`,
    text: [
      "The workspace that you have created is running:",
      "",
      url,
      "",
      `Name: ${line}`,
      `Id: ${workspace}`,
      `Region: ${region}`,
      "",
    ].join("\n"),
    createdAtMs,
  };
}
