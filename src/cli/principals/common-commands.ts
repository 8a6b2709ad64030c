import { deleteWorkspaceAssignment } from "../../contract/databricks-account/workspace-assignment.ts";
import { type Command, command, flag, required, text } from "../command.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { isAdministrator, nameOf, type PrincipalKind } from "./kinds.ts";
import { CONNECTION_OPTIONS, openDirectory, principalFields, principalTable, usage } from "./parameters.ts";

/** What can be done with every kind of principal, by its name. */
export function commonCommands(kind: PrincipalKind): readonly Command[] {
  return [list(kind), show(kind), remove(kind), assign(kind), unassign(kind)];
}

function list(kind: PrincipalKind): Command {
  return command({
    path: [kind.word, "list"],
    summary: `List the ${kind.noun}s of the account`,
    options: {
      filter: text("--filter <filter>", `SCIM filter, such as 'displayName co "data"'`),
      ...CONNECTION_OPTIONS,
    },
    examples: [
      { command: `firesteel ${kind.word} list`, explanation: "all" },
      { command: `firesteel ${kind.word} list -o json`, explanation: "as SCIM has them" },
    ],
    async run(values, context) {
      const directory = await openDirectory(values, context);
      const all = await Array.fromAsync(directory.all(kind, values.filter));
      context.print.result(all, () => principalTable(kind, all, context.print));
      return EXIT_CODES.ok;
    },
  });
}

function show(kind: PrincipalKind): Command {
  return command({
    path: [kind.word, "show"],
    summary: `Show a ${kind.noun}, its groups and its role`,
    arguments: { name: nameArgument(kind) },
    options: CONNECTION_OPTIONS,
    examples: [{ command: `firesteel ${kind.word} show ${exampleOf(kind)}`, explanation: "by name" }],
    async run(values, context) {
      const directory = await openDirectory(values, context);
      const { id } = await directory.find(kind, values.name);
      const found = await directory.get(kind, id);
      context.print.result(found, () => principalFields(found, context.print));
      return EXIT_CODES.ok;
    },
  });
}

function remove(kind: PrincipalKind): Command {
  return command({
    path: [kind.word, "delete"],
    summary: `Remove a ${kind.noun} from the account, with all that it may`,
    details: "Its tokens, secrets and sign-ins open nothing any more.",
    arguments: { name: nameArgument(kind) },
    options: CONNECTION_OPTIONS,
    examples: [{ command: `firesteel ${kind.word} delete ${exampleOf(kind)}`, explanation: "for good" }],
    async run(values, context) {
      const directory = await openDirectory(values, context);
      const found = await directory.find(kind, values.name);
      await directory.client.call(kind.operations.delete, { params: { id: found.id } });
      if (isAdministrator(found))
        context.print.warn(
          "it was an account administrator: `firesteel admin reset` makes one, should none be left",
        );
      context.print.result({ id: found.id, deleted: true }, () => `Deleted ${kind.noun} ${nameOf(found)}`);
      return EXIT_CODES.ok;
    },
  });
}

function assign(kind: PrincipalKind): Command {
  return command({
    path: [kind.word, "assign"],
    summary: `Let a ${kind.noun} into a workspace`,
    arguments: { name: nameArgument(kind) },
    options: {
      workspace: WORKSPACE,
      admin: flag("--admin", "as an administrator of the workspace"),
      ...CONNECTION_OPTIONS,
    },
    examples: [
      {
        command: `firesteel ${kind.word} assign ${exampleOf(kind)} --workspace w`,
        explanation: "to work there",
      },
      {
        command: `firesteel ${kind.word} assign ${exampleOf(kind)} --workspace w --admin`,
        explanation: "to run it",
      },
    ],
    async run(values, context) {
      const directory = await openDirectory(values, context);
      const found = await directory.find(kind, values.name);
      const workspace = await directory.workspace(given(values.workspace));
      const level = values.admin ? "ADMIN" : "USER";
      await directory.assign(found.id, workspace, level);
      context.print.result(
        { id: found.id, workspace_id: workspace.workspace_id, permissions: [level] },
        () => `${nameOf(found)} is ${level} in workspace ${workspace.workspace_name}`,
      );
      return EXIT_CODES.ok;
    },
  });
}

function unassign(kind: PrincipalKind): Command {
  return command({
    path: [kind.word, "unassign"],
    summary: `Take a ${kind.noun} out of a workspace`,
    details: "Its tokens of the workspace go with it. Whoever is there by way of a group stays.",
    arguments: { name: nameArgument(kind) },
    options: { workspace: WORKSPACE, ...CONNECTION_OPTIONS },
    examples: [
      { command: `firesteel ${kind.word} unassign ${exampleOf(kind)} --workspace w`, explanation: "of one" },
    ],
    async run(values, context) {
      const directory = await openDirectory(values, context);
      const found = await directory.find(kind, values.name);
      const workspace = await directory.workspace(given(values.workspace));
      await directory.client.call(deleteWorkspaceAssignment, {
        params: { workspace_id: String(workspace.workspace_id), principal_id: found.id },
      });
      context.print.result(
        { id: found.id, workspace_id: workspace.workspace_id, permissions: [] },
        () => `${nameOf(found)} is not assigned to workspace ${workspace.workspace_name}`,
      );
      return EXIT_CODES.ok;
    },
  });
}

const WORKSPACE = text("--workspace <workspace>", "id, deployment name or name of the workspace (required)");

export function nameArgument(kind: PrincipalKind) {
  const names = {
    user: "user name",
    "service-principal": "application id or display name",
    group: "display name",
  };
  return required(kind.placeholder, `its ${names[kind.word]}, or its id`);
}

export function exampleOf(kind: PrincipalKind): string {
  return { user: "ada@example.com", "service-principal": "nightly", group: "data" }[kind.word];
}

function given(workspace: string | undefined): string {
  if (workspace === undefined || workspace === "") throw usage("--workspace is missing");
  return workspace;
}
