import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

/** What the `databricks` command says of itself after each run (databricks-workspace-api.md C20); fewer successes than logs and it sends them again. */
export const uploadTelemetry = databricksOperation({
  object: "telemetry",
  verb: "upload",
  access: "workspace-user",
  method: "POST",
  path: "/telemetry-ext",
  summary: "Takes what a client says of its own use; nothing of it is kept",
  params: NOTHING,
  query: NOTHING,
  body: message({ protoLogs: Type.Optional(Type.Array(Type.Unknown())) }),
  response: message({ errors: Type.Array(Type.String()), numProtoSuccess: Type.Integer() }),
});
