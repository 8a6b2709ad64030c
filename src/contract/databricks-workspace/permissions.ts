import { Type } from "typebox";
import { databricksOperation } from "../databricks/operation.ts";
import { message, NOTHING } from "../databricks/shapes.ts";

const optionalText = Type.Optional(Type.String());
const names = { user_name: optionalText, group_name: optionalText, service_principal_name: optionalText };

/** Who may do what with an object (databricks-workspace-api.md C17). */
const ObjectPermissions = message({
  object_id: Type.String(),
  object_type: Type.String(),
  access_control_list: Type.Array(
    message({
      ...names,
      display_name: optionalText,
      all_permissions: Type.Array(
        message({
          permission_level: Type.String(),
          inherited: Type.Boolean(),
          inherited_from_object: Type.Optional(Type.Array(Type.String())),
        }),
      ),
    }),
  ),
});

const tail = "{request_object_type}/{request_object_id}";
const path = `/api/2.0/permissions/${tail}`;
/** databricks-workspace-api.md D: what is below `sql/`, and the path of older providers for Terraform. */
const aliases = [`/api/2.0/permissions/sql/${tail}`, `/api/2.0/preview/permissions/${tail}`] as const;
const facts = {
  object: "permissions",
  // What somebody may do with one object, the object says.
  access: "workspace-user",
  path,
  aliases,
  params: message({ request_object_type: Type.String(), request_object_id: Type.String() }),
  query: NOTHING,
} as const;
const given = message({
  access_control_list: Type.Optional(Type.Array(message({ ...names, permission_level: Type.String() }))),
});

export const getPermissions = databricksOperation({
  ...facts,
  verb: "get",
  method: "GET",
  summary: "Shows who may do what with an object",
  body: NOTHING,
  response: ObjectPermissions,
});

export const setPermissions = databricksOperation({
  ...facts,
  verb: "set",
  method: "PUT",
  summary: "Replaces what was given on an object itself",
  body: given,
  response: ObjectPermissions,
});

export const updatePermissions = databricksOperation({
  ...facts,
  verb: "update",
  method: "PATCH",
  summary: "Gives principals other permissions on an object",
  body: given,
  response: ObjectPermissions,
});

export const getPermissionLevels = databricksOperation({
  ...facts,
  verb: "get-permission-levels",
  method: "GET",
  path: `${path}/permissionLevels`,
  aliases: aliases.map((alias) => `${alias}/permissionLevels`),
  summary: "Lists the permissions that can be given on an object",
  body: NOTHING,
  response: message({
    permission_levels: Type.Array(message({ permission_level: Type.String(), description: Type.String() })),
  }),
});
