import { hash } from "node:crypto";
import type { AccountId, PrincipalId, WorkspaceId } from "../ids.ts";

/** A personal access token. The token itself is shown once and not kept. */
export interface PersonalAccessToken {
  /** A UUID, by which it is listed and revoked. */
  readonly id: string;
  readonly account: AccountId;
  /** Null for one of the account's own API. */
  readonly workspace: WorkspaceId | null;
  readonly principal: PrincipalId;
  /** Who made it: another than `principal` where an administrator did for a service principal. */
  readonly createdBy: PrincipalId;
  /** Their name then; they may be gone. */
  readonly createdByName: string;
  /** Of the whole token: it has 128 random bits, so nothing slower is needed. */
  readonly hash: string;
  readonly comment: string;
  readonly createdAtMs: number;
  /** Null where it never expires. */
  readonly expiresAtMs: number | null;
  /** The beginning of the last day, UTC, on which it was used; null before. */
  readonly lastUsedDayMs: number | null;
}

/** `dapi` and 32 hexadecimal digits, as databricks-account-api.md A2 has them. */
export const TOKEN_PREFIX = "dapi";

/** 128 bits, as 32 hexadecimal digits. */
const SECRET_BYTES = 16;

/** A fresh token or secret: its prefix says what it is. */
export function newSecret(prefix: string, randomBytes: (count: number) => Uint8Array): string {
  return prefix + Buffer.from(randomBytes(SECRET_BYTES)).toString("hex");
}

export function hashOfToken(token: string): string {
  return hash("sha256", token, "hex");
}
