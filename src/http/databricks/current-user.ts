import type { Static } from "typebox";
import type { ScimUser } from "../../contract/databricks/scim.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";
import { asUser } from "./scim.ts";
import { projected } from "./scim-projection.ts";

export function currentUserHandlers(useCases: DatabricksUseCases): WorkspaceHandlers<"current-user.me"> {
  return {
    async "current-user.me"(context, input) {
      // A projection of a user is one with fewer members.
      return projected(asUser(await useCases.describeCaller(context)), input) as Static<typeof ScimUser>;
    },
  };
}
