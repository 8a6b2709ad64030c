import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import {
  assignedPermissions,
  PermissionAssignment,
  PermissionAssignments,
} from "../databricks/permission-assignments.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

const path = "/api/2.0/preview/permissionassignments";
const one = message({ principal_id: Type.String() });
const optionalText = Type.Optional(Type.String());
const facts = { object: "permission-assignments", access: "workspace-admin", query: NOTHING } as const;

export const listPermissionAssignments = databricksOperation({
  ...facts,
  verb: "list",
  method: "GET",
  path,
  summary: "Lists who is assigned to the workspace",
  params: NOTHING,
  body: NOTHING,
  response: PermissionAssignments,
});

export const createPermissionAssignments = databricksOperation({
  ...facts,
  verb: "create",
  method: "POST",
  path,
  summary: "Assigns principals by their names; which of them could not be, the answer says",
  params: NOTHING,
  body: message({
    permission_assignments: Type.Array(
      message({
        user_name: optionalText,
        group_name: optionalText,
        service_principal_name: optionalText,
        permissions: Type.Array(Type.String()),
      }),
    ),
  }),
  response: PermissionAssignments,
});

export const updatePermissionAssignment = databricksOperation({
  ...facts,
  verb: "update",
  method: "PUT",
  path: `${path}/principals/{principal_id}`,
  summary: "Assigns a principal to the workspace",
  params: one,
  body: assignedPermissions,
  response: PermissionAssignment,
});

export const deletePermissionAssignment = databricksOperation({
  ...facts,
  verb: "delete",
  method: "DELETE",
  path: `${path}/principals/{principal_id}`,
  summary: "Takes a principal out of the workspace",
  params: one,
  body: NOTHING,
  response: NOTHING,
});
