import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

export function currentUserHandlers(useCases: DatabricksUseCases): WorkspaceHandlers<"current-user.me"> {
  return {
    async "current-user.me"({ caller }) {
      const { principal, groups } = await useCases.describeCaller(caller);
      return {
        schemas: [USER],
        id: principal.id,
        userName: principal.name,
        ...(principal.displayName !== null && { displayName: principal.displayName }),
        active: principal.active,
        ...(principal.person !== null && {
          emails: principal.person.emails.map(({ value, type, primary }) => ({
            value,
            primary,
            ...(type !== null && { type }),
          })),
        }),
        groups: groups.map(({ id, name, direct }) => ({
          value: id,
          display: name,
          type: direct ? "direct" : "indirect",
          $ref: `Groups/${id}`,
        })),
      };
    },
  };
}
