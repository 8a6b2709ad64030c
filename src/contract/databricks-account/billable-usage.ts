import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";

/** databricks-account-api.md B13, "Usage". */
export const downloadUsage = databricksOperation({
  object: "billable-usage",
  verb: "download",
  access: "account-admin",
  method: "GET",
  path: `${ACCOUNT}/usage/download`,
  summary: "Answers the usage of workspaces as CSV: the header alone, since they run nothing that is metered",
  params: accountParams,
  query: message({
    start_month: Type.String({ description: "`YYYY-MM`" }),
    end_month: Type.String({ description: "`YYYY-MM`, included" }),
    personal_data: Type.Optional(
      Type.Boolean({ description: "whether rows name the owners of clusters; there are none" }),
    ),
  }),
  body: NOTHING,
  mediaType: "text/plain; charset=utf-8",
  response: Type.String(),
});
