import { list, text } from "../command.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import type { Directory } from "./directory.ts";
import { ACCOUNT_ADMIN, nameOf, type PrincipalKind, type ScimPrincipal } from "./kinds.ts";
import { trueOrFalse, usage } from "./parameters.ts";

/** What somebody who is made can be given at once. */
export const START_OPTIONS = {
  group: list("--group <group>", "group to be in"),
  workspace: list("--workspace <workspace>", "workspace to work in"),
  workspaceAdmin: list("--workspace-admin <workspace>", "workspace to be an administrator of"),
} as const;

export interface StartValues {
  readonly group: readonly string[];
  readonly workspace: readonly string[];
  readonly workspaceAdmin: readonly string[];
}

/** Makes somebody, then lets them into their workspaces. All names are looked up before anything is made. */
export async function createWith(
  directory: Directory,
  kind: PrincipalKind,
  body: object,
  values: StartValues,
  { print }: Pick<Context, "print">,
): Promise<ScimPrincipal> {
  const workspaces = [
    ...values.workspace.map((name) => ({ name, level: "USER" as const })),
    ...values.workspaceAdmin.map((name) => ({ name, level: "ADMIN" as const })),
  ];
  const found = await Promise.all(
    workspaces.map(async ({ name, level }) => ({ workspace: await directory.workspace(name), level })),
  );
  // The server takes a group's id or its display name, and names the one that it does not know.
  const groups = values.group.map((value) => ({ value }));
  const made = await directory.create(kind, { ...body, ...(groups.length > 0 && { groups }) });
  for (const { workspace, level } of found) {
    try {
      await directory.assign(made.id, workspace, level);
    } catch (error) {
      print.warn(
        `${kind.noun} ${nameOf(made)} was made, but not assigned to ${workspace.workspace_name}: ${messageOf(error)}`,
      );
      throw error;
    }
  }
  return made;
}

/** What of somebody can be changed. */
export const UPDATE_OPTIONS = {
  displayName: text("--display-name <name>", "what to show for it"),
  admin: text("--admin <true|false>", "whether it is an account administrator"),
  active: text("--active <true|false>", "whether it may sign in; tokens of who may not open nothing"),
} as const;

/** Throws with exit code 2 where there is nothing to change, or a value is none. */
export function changesOf(values: {
  readonly displayName?: string | undefined;
  readonly admin: string | undefined;
  readonly active?: string | undefined;
}): readonly object[] {
  const admin = trueOrFalse("--admin", values.admin);
  const active = trueOrFalse("--active", values.active);
  const changes = [
    ...(values.displayName === undefined
      ? []
      : [{ op: "replace", path: "displayName", value: values.displayName }]),
    ...(active === undefined ? [] : [{ op: "replace", path: "active", value: active }]),
    ...(admin === undefined
      ? []
      : admin
        ? [{ op: "add", path: "roles", value: [{ value: ACCOUNT_ADMIN }] }]
        : [{ op: "remove", path: `roles[value eq "${ACCOUNT_ADMIN}"]` }]),
  ];
  if (changes.length === 0) throw usage("nothing to change: see --help for what can be");
  return changes;
}
