import type { Static } from "typebox";
import type { ScimGroup, ScimServicePrincipal, ScimUser } from "../../contract/databricks/scim.ts";
import { DATABRICKS_ACCOUNT_OPERATIONS as OPERATIONS } from "../../contract/databricks-account/operations.ts";

export type PrincipalWord = "user" | "service-principal" | "group";

/** A principal as the account's SCIM shows it. */
export type ScimPrincipal = Static<typeof ScimUser> &
  Static<typeof ScimServicePrincipal> &
  Static<typeof ScimGroup>;

/** How the commands of one kind of principal speak and call. */
export interface PrincipalKind {
  /** As the command line names it. */
  readonly word: PrincipalWord;
  /** As messages do. */
  readonly noun: string;
  /** What it is called by; of several, the first that is unique. */
  readonly names: readonly ("userName" | "applicationId" | "displayName")[];
  /** For help: `<name>`. */
  readonly placeholder: string;
  readonly operations: {
    readonly [Verb in
      | "list"
      | "create"
      | "get"
      | "patch"
      | "delete"]: (typeof OPERATIONS)[`${"users" | "service-principals" | "groups"}.${Verb}`];
  };
}

export const USER: PrincipalKind = {
  word: "user",
  noun: "user",
  names: ["userName"],
  placeholder: "user-name",
  operations: {
    list: OPERATIONS["users.list"],
    create: OPERATIONS["users.create"],
    get: OPERATIONS["users.get"],
    patch: OPERATIONS["users.patch"],
    delete: OPERATIONS["users.delete"],
  },
};

export const SERVICE_PRINCIPAL: PrincipalKind = {
  word: "service-principal",
  noun: "service principal",
  names: ["applicationId", "displayName"],
  placeholder: "name",
  operations: {
    list: OPERATIONS["service-principals.list"],
    create: OPERATIONS["service-principals.create"],
    get: OPERATIONS["service-principals.get"],
    patch: OPERATIONS["service-principals.patch"],
    delete: OPERATIONS["service-principals.delete"],
  },
};

export const GROUP: PrincipalKind = {
  word: "group",
  noun: "group",
  names: ["displayName"],
  placeholder: "group",
  operations: {
    list: OPERATIONS["groups.list"],
    create: OPERATIONS["groups.create"],
    get: OPERATIONS["groups.get"],
    patch: OPERATIONS["groups.patch"],
    delete: OPERATIONS["groups.delete"],
  },
};

/** The role of an account's administrators (databricks-account-api.md B9). */
export const ACCOUNT_ADMIN = "account_admin";

export function isAdministrator({ roles }: Pick<ScimPrincipal, "roles">): boolean {
  return (roles ?? []).some(({ value }) => value === ACCOUNT_ADMIN);
}

/** What somebody calls it. */
export function nameOf({ userName, applicationId, displayName, id }: Partial<ScimPrincipal>): string {
  return userName ?? displayName ?? applicationId ?? id ?? "";
}
