import { Type } from "typebox";
import { message } from "./shapes.ts";

/** Who may be in a workspace, and as what (databricks-account-api.md B10). */
export const PermissionAssignment = message({
  principal: Type.Optional(
    message({
      principal_id: Type.Integer(),
      display_name: Type.String(),
      user_name: Type.Optional(Type.String()),
      group_name: Type.Optional(Type.String()),
      service_principal_name: Type.Optional(Type.String()),
    }),
  ),
  permissions: Type.Array(Type.String()),
  /** Why this one of several could not be assigned. */
  error: Type.Optional(Type.String()),
});

export const PermissionAssignments = message({ permission_assignments: Type.Array(PermissionAssignment) });

export const assignedPermissions = message({ permissions: Type.Array(Type.String()) });
