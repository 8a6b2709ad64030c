import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import { accountParams, Milliseconds, message, Name, NOTHING } from "../databricks/shapes.ts";

const optionalText = Type.Optional(Type.String());
const tags = Type.Optional(Type.Record(Type.String(), Type.String()));

/** How a warning begins that says which e-mail of the workspace could not be sent yet, and why. */
export const NOT_SENT = "E-mail not sent yet to ";

/** A workspace (databricks-account-api.md B7). */
export const Workspace = message({
  workspace_id: Type.Integer(),
  workspace_name: Type.String(),
  aws_region: Type.String(),
  creation_time: Milliseconds,
  deployment_name: Type.String(),
  /** In no public schema, but what Terraform's provider goes to. */
  workspace_url: Type.String(),
  workspace_status: Type.String(),
  account_id: Type.String(),
  credentials_id: optionalText,
  storage_configuration_id: optionalText,
  workspace_status_message: Type.String(),
  network_id: optionalText,
  managed_services_customer_managed_key_id: optionalText,
  storage_customer_managed_key_id: optionalText,
  private_access_settings_id: optionalText,
  network_connectivity_config_id: optionalText,
  pricing_tier: Type.String(),
  compute_mode: Type.String(),
  storage_mode: Type.String(),
  is_no_public_ip_enabled: Type.Optional(Type.Boolean()),
  custom_tags: tags,
  /** A member of Firesteel's own: what this server could not look at, and what it could not do yet. */
  warnings: Type.Optional(Type.Array(Type.String())),
});

const changeable = {
  aws_region: optionalText,
  credentials_id: optionalText,
  storage_configuration_id: optionalText,
  network_id: optionalText,
  private_access_settings_id: optionalText,
  managed_services_customer_managed_key_id: optionalText,
  storage_customer_managed_key_id: optionalText,
  network_connectivity_config_id: optionalText,
  custom_tags: tags,
};

const fixed = Type.Optional(
  Type.String({ description: "cannot be changed: refused unless it is what it was" }),
);

const one = message({ ...accountParams.properties, workspace_id: Type.String({ pattern: "^\\d{1,16}$" }) });
const facts = { object: "workspaces", access: "account-admin" } as const;

export const createWorkspace = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path: `${ACCOUNT}/workspaces`,
  summary: "Makes a workspace; it is usable once its status is RUNNING",
  params: accountParams,
  query: NOTHING,
  body: message({
    ...changeable,
    workspace_name: Name,
    aws_region: Type.String(),
    deployment_name: optionalText,
    pricing_tier: Type.Optional(
      Type.Union([
        Type.Literal("STANDARD"),
        Type.Literal("PREMIUM"),
        Type.Literal("ENTERPRISE"),
        Type.Literal("COMMUNITY_EDITION"),
        Type.Literal("DEDICATED"),
        Type.Literal("UNKNOWN"),
      ]),
    ),
    compute_mode: Type.Optional(Type.Union([Type.Literal("HYBRID"), Type.Literal("SERVERLESS")])),
    is_no_public_ip_enabled: Type.Optional(Type.Boolean()),
    /** The older name of `managed_services_customer_managed_key_id`. */
    customer_managed_key_id: optionalText,
  }),
  response: Workspace,
});

export const listWorkspaces = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path: `${ACCOUNT}/workspaces`,
  summary: "Lists the workspaces of the account",
  params: accountParams,
  query: NOTHING,
  body: NOTHING,
  response: Type.Array(Workspace),
});

export const getWorkspace = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${ACCOUNT}/workspaces/{workspace_id}`,
  summary: "Shows a workspace",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: Workspace,
});

export const updateWorkspace = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  path: `${ACCOUNT}/workspaces/{workspace_id}`,
  summary: "Repairs a failed workspace, or changes a running one",
  params: one,
  query: message({ update_mask: optionalText }),
  body: message({
    ...changeable,
    // The SDKs may send the whole workspace.
    workspace_name: fixed,
    deployment_name: fixed,
    pricing_tier: fixed,
    compute_mode: fixed,
  }),
  response: Workspace,
});

export const deleteWorkspace = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${ACCOUNT}/workspaces/{workspace_id}`,
  summary: "Removes a workspace; it is gone once it is not found any more",
  params: one,
  query: NOTHING,
  body: NOTHING,
  response: Workspace,
});
