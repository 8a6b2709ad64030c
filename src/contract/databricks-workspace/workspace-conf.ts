import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

const facts = {
  object: "workspace-conf",
  access: "workspace-admin",
  path: "/api/2.0/workspace-conf",
  params: NOTHING,
} as const;

/** databricks-workspace-api.md C16 */
export const getWorkspaceConf = databricksOperation({
  ...facts,
  verb: "get-status",
  method: "GET",
  summary: "Shows values of the workspace's configuration",
  query: message({ keys: Type.String() }),
  body: NOTHING,
  response: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
});

export const setWorkspaceConf = databricksOperation({
  ...facts,
  verb: "set-status",
  method: "PATCH",
  summary: "Sets values of the workspace's configuration",
  query: NOTHING,
  status: 204,
  wholeBody: "values",
  body: message({ values: Type.Record(Type.String(), Type.Unknown()) }),
  response: NOTHING,
});
