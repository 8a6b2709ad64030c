import { databricksOperation } from "../databricks/operation.ts";
import { projectionQuery, ScimUser } from "../databricks/scim.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

/** The caller as a user, service principals too: their `userName` is the application id (databricks-workspace-api.md C10). */
export const me = databricksOperation({
  object: "current-user",
  verb: "me",
  isKept: true,
  access: "workspace-user",
  protocol: "scim",
  method: "GET",
  path: "/api/2.0/preview/scim/v2/Me",
  aliases: ["/api/2.0/scim/v2/Me"],
  summary: "Shows who is calling",
  params: NOTHING,
  query: message(projectionQuery),
  body: NOTHING,
  response: ScimUser,
});
