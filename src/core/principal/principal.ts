import type { AccountId, PrincipalId, WorkspaceId } from "../ids.ts";

export const PRINCIPAL_KINDS = ["user", "service-principal", "group"] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** The role that makes a principal an administrator of its account (databricks-account-api.md B9). */
export const ACCOUNT_ADMIN = "account_admin";

/** A user, a service principal or a group of a Databricks account. */
export interface Principal {
  readonly id: PrincipalId;
  readonly account: AccountId;
  readonly kind: PrincipalKind;
  /** The workspace that a group is of, which nobody else sees; null for all that belongs to the account. */
  readonly workspace: WorkspaceId | null;
  /**
   * What tells it from others of its kind: a user's `userName`, a service principal's `applicationId`, a group's
   * `displayName`. Compared without regard to case.
   */
  readonly name: string;
  readonly displayName: string | null;
  readonly externalId: string | null;
  /** An inactive principal cannot sign in. */
  readonly active: boolean;
  /** Its own roles in the account; those of the groups that it is in come on top. */
  readonly roles: readonly string[];
  /** Of users only. */
  readonly person: {
    readonly givenName: string | null;
    readonly familyName: string | null;
    readonly emails: readonly {
      readonly value: string;
      readonly type: string | null;
      readonly primary: boolean;
    }[];
  } | null;
  readonly createdAtMs: number;
  readonly version: number;
}

/** What is equal for names that differ in case only. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** The groups that every workspace has, whose members are what its assignments say (databricks-workspace-api.md C10). */
export const RESERVED_GROUPS = ["admins", "users"] as const;

export function isReserved({ kind, workspace, name }: Principal): boolean {
  return kind === "group" && workspace !== null && RESERVED_GROUPS.some((reserved) => reserved === name);
}
