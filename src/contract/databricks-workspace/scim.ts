import { type ScimLevel, scimOperations } from "../databricks/scim.ts";
import { NOTHING } from "../databricks/shapes.ts";

/** databricks-workspace-api.md C10; the alias is what seed 000 calls. */
const LEVEL = {
  prefix: "/api/2.0/preview/scim/v2",
  aliases: ["/api/2.0/scim/v2"],
  params: NOTHING,
  read: "workspace-user",
  write: "workspace-admin",
} as const satisfies ScimLevel<typeof NOTHING.properties>;

export const scim = scimOperations(LEVEL);
