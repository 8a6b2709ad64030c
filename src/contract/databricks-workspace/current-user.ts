import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

/** The caller as SCIM shows it (databricks-workspace-api.md C10); a service principal's `userName` is its application id. */
export const CurrentUser = message({
  schemas: Type.Array(Type.String()),
  id: Type.String(),
  userName: Type.String(),
  displayName: Type.Optional(Type.String()),
  active: Type.Boolean(),
  emails: Type.Optional(
    Type.Array(
      message({ value: Type.String(), type: Type.Optional(Type.String()), primary: Type.Boolean() }),
    ),
  ),
  groups: Type.Array(
    message({ value: Type.String(), display: Type.String(), type: Type.String(), $ref: Type.String() }),
  ),
});

export const me = databricksOperation({
  object: "current-user",
  verb: "me",
  access: "workspace-user",
  method: "GET",
  path: "/api/2.0/preview/scim/v2/Me",
  aliases: ["/api/2.0/scim/v2/Me"],
  summary: "Shows who is calling",
  params: NOTHING,
  query: NOTHING,
  body: NOTHING,
  response: CurrentUser,
});
