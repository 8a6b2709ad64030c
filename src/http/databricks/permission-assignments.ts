import type { Static } from "typebox";
import type { PermissionAssignment } from "../../contract/databricks/permission-assignments.ts";
import { invalidParameter } from "../../core/databricks-errors.ts";
import { DomainError } from "../../core/errors.ts";
import { displayNameOf } from "../../core/principal/described-principal.ts";
import type { PrincipalKind } from "../../core/principal/principal.ts";
import type { Assignment, NamedPrincipal } from "../../use-cases/databricks/assignments.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers, WorkspaceHandlers } from "./handlers.ts";

type Wire = Static<typeof PermissionAssignment>;

/** The member that names a principal of each kind. */
export const NAME_MEMBERS = {
  user: "user_name",
  group: "group_name",
  "service-principal": "service_principal_name",
} as const satisfies Readonly<Record<PrincipalKind, string>>;

export function workspaceAssignmentHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "workspace-assignment.list"
  | "workspace-assignment.get"
  | "workspace-assignment.update"
  | "workspace-assignment.delete"
> {
  return {
    async "workspace-assignment.list"(context, input) {
      const workspace = await useCases.getWorkspace(context, input.workspace_id);
      return { permission_assignments: (await useCases.listAssignments(workspace)).map(wireAssignment) };
    },
    async "workspace-assignment.get"(context, input) {
      await useCases.getWorkspace(context, input.workspace_id);
      return {
        permissions: [
          { permission_level: "USER", description: "Can use the workspace" },
          { permission_level: "ADMIN", description: "Can use and administer the workspace" },
        ],
      };
    },
    async "workspace-assignment.update"(context, input) {
      const workspace = await useCases.getWorkspace(context, input.workspace_id);
      return wireAssignment(await useCases.assign(context, workspace, input.principal_id, input.permissions));
    },
    async "workspace-assignment.delete"(context, input) {
      const workspace = await useCases.getWorkspace(context, input.workspace_id);
      await useCases.assign(context, workspace, input.principal_id, []);
      return {};
    },
  };
}

export function permissionAssignmentHandlers(
  useCases: DatabricksUseCases,
): WorkspaceHandlers<
  | "permission-assignments.list"
  | "permission-assignments.create"
  | "permission-assignments.update"
  | "permission-assignments.delete"
> {
  return {
    async "permission-assignments.list"({ workspace }) {
      return { permission_assignments: (await useCases.listAssignments(workspace)).map(wireAssignment) };
    },
    async "permission-assignments.create"(context, input) {
      const answers: Wire[] = [];
      for (const item of input.permission_assignments) {
        try {
          const { workspace } = context;
          const made = await useCases.assignNamed(context, workspace, namedPrincipal(item), item.permissions);
          answers.push(wireAssignment(made));
        } catch (error) {
          // What is wrong with one says its own member, with status 200 (databricks-account-api.md B10).
          if (!(error instanceof DomainError)) throw error;
          answers.push({ permissions: [], error: error.message });
        }
      }
      return { permission_assignments: answers };
    },
    async "permission-assignments.update"(context, input) {
      const { workspace } = context;
      return wireAssignment(await useCases.assign(context, workspace, input.principal_id, input.permissions));
    },
    async "permission-assignments.delete"(context, input) {
      await useCases.assign(context, context.workspace, input.principal_id, []);
      return {};
    },
  };
}

/** Throws where it names none, or several. */
export function namedPrincipal(item: {
  readonly user_name?: string | undefined;
  readonly group_name?: string | undefined;
  readonly service_principal_name?: string | undefined;
}): NamedPrincipal {
  const { user_name: user, group_name: group, service_principal_name: servicePrincipal } = item;
  const given = [
    { kind: "user" as const, name: user },
    { kind: "group" as const, name: group },
    { kind: "service-principal" as const, name: servicePrincipal },
  ].flatMap(({ kind, name }) => (name === undefined || name === "" ? [] : [{ kind, name }]));
  const [one] = given;
  if (one === undefined || given.length > 1)
    throw invalidParameter("Give one of user_name, group_name and service_principal_name.");
  return one;
}

function wireAssignment({ principal, level }: Assignment): Wire {
  return {
    principal: {
      principal_id: Number(principal.id),
      display_name: displayNameOf(principal),
      [NAME_MEMBERS[principal.kind]]: principal.name,
    },
    permissions: level === null ? [] : [level],
  };
}
