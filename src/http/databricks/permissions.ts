import type { GivenPermission, ObjectPermissions } from "../../use-cases/databricks/object-permissions.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { WorkspaceHandlers } from "./handlers.ts";
import { NAME_MEMBERS, namedPrincipal } from "./permission-assignments.ts";

type GivenWire = Parameters<typeof namedPrincipal>[0] & { readonly permission_level: string };

export function permissionsHandlers(
  useCases: DatabricksUseCases,
): WorkspaceHandlers<
  "permissions.get" | "permissions.set" | "permissions.update" | "permissions.get-permission-levels"
> {
  return {
    async "permissions.get"(context, input) {
      const { request_object_type: type, request_object_id: id } = input;
      return wire(await useCases.getPermissions(context, type, id));
    },
    async "permissions.set"(context, input) {
      const { request_object_type: type, request_object_id: id } = input;
      return wire(await useCases.setPermissions(context, type, id, given(input), "replace"));
    },
    async "permissions.update"(context, input) {
      const { request_object_type: type, request_object_id: id } = input;
      return wire(await useCases.setPermissions(context, type, id, given(input), "merge"));
    },
    async "permissions.get-permission-levels"(context, input) {
      const { request_object_type: type, request_object_id: id } = input;
      const levels = await useCases.permissionLevels(context, type, id);
      return {
        permission_levels: levels.map((level) => ({
          permission_level: level,
          description: `${level.charAt(0)}${level.slice(1).toLowerCase().replaceAll("_", " ")}`,
        })),
      };
    },
  };
}

function given(input: { readonly access_control_list?: readonly GivenWire[] }): readonly GivenPermission[] {
  return (input.access_control_list ?? []).map((item) => ({
    to: namedPrincipal(item),
    level: item.permission_level,
  }));
}

function wire({ objectId, objectType, permissions }: ObjectPermissions) {
  return {
    object_id: objectId,
    object_type: objectType,
    access_control_list: permissions.map(({ principal, display, level, inheritedFrom }) => ({
      [NAME_MEMBERS[principal.kind]]: principal.name,
      ...(principal.kind !== "group" && { display_name: display }),
      all_permissions: [
        {
          permission_level: level,
          inherited: inheritedFrom !== null,
          ...(inheritedFrom !== null && { inherited_from_object: [inheritedFrom] }),
        },
      ],
    })),
  };
}
