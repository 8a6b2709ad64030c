import { Type } from "typebox";
import { ACCOUNT, databricksOperation } from "../databricks/operation.ts";
import {
  assignedPermissions,
  PermissionAssignment,
  PermissionAssignments,
} from "../databricks/permission-assignments.ts";
import { accountParams, message, NOTHING } from "../databricks/shapes.ts";

const path = `${ACCOUNT}/workspaces/{workspace_id}/permissionassignments` as const;
const workspace = message({
  ...accountParams.properties,
  workspace_id: Type.String({ pattern: "^\\d{1,16}$" }),
});
const one = message({ ...workspace.properties, principal_id: Type.String() });
const facts = { object: "workspace-assignment", access: "account-admin", query: NOTHING } as const;

export const listWorkspaceAssignments = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path,
  summary: "Lists who is assigned to a workspace",
  params: workspace,
  body: NOTHING,
  response: PermissionAssignments,
});

export const getWorkspaceAssignmentPermissions = databricksOperation({
  ...facts,
  verb: "get",
  isKept: true,
  method: "GET",
  path: `${path}/permissions`,
  summary: "Lists the permissions that somebody can have in a workspace",
  params: workspace,
  body: NOTHING,
  response: message({
    permissions: Type.Array(message({ permission_level: Type.String(), description: Type.String() })),
  }),
});

export const updateWorkspaceAssignment = databricksOperation({
  ...facts,
  verb: "update",
  method: "PUT",
  path: `${path}/principals/{principal_id}`,
  summary: "Assigns a principal to a workspace",
  params: one,
  body: assignedPermissions,
  response: PermissionAssignment,
});

export const deleteWorkspaceAssignment = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${path}/principals/{principal_id}`,
  summary: "Takes a principal out of a workspace",
  params: one,
  body: NOTHING,
  response: NOTHING,
});
