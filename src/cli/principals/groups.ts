import type { AccountConnectionValues } from "../account/connection.ts";
import { type Command, command, flag, list, required, rest } from "../command.ts";
import type { Context } from "../context.ts";
import { EXIT_CODES, type ExitCode } from "../exit-codes.ts";
import { commonCommands, nameArgument } from "./common-commands.ts";
import { changesOf, UPDATE_OPTIONS } from "./create.ts";
import { ACCOUNT_ADMIN, GROUP, nameOf } from "./kinds.ts";
import { CONNECTION_OPTIONS, openDirectory, principalFields, usage } from "./parameters.ts";

const create = command({
  path: ["group", "create"],
  summary: "Make a group of the account",
  details: "Members are users, service principals and groups; what the group may, they all may.",
  arguments: { displayName: required("group", "what to call it") },
  options: {
    member: list("--member <name>", "user name, application id, display name or id of a member"),
    admin: flag("--admin", "whose members are account administrators"),
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel group create data --member ada@example.com", explanation: "with its first member" },
  ],
  async run(values, context) {
    const directory = await openDirectory(values, context);
    const members = await Promise.all(values.member.map((name) => directory.findMember(name)));
    const made = await directory.create(GROUP, {
      displayName: values.displayName,
      ...(members.length > 0 && { members: members.map(({ id: value }) => ({ value })) }),
      ...(values.admin && { roles: [{ value: ACCOUNT_ADMIN }] }),
    });
    context.print.result(made, () => principalFields(made, context.print));
    return EXIT_CODES.ok;
  },
});

const update = command({
  path: ["group", "update"],
  summary: "Change a group: its name, whether its members administer the account",
  arguments: { name: nameArgument(GROUP) },
  options: {
    displayName: UPDATE_OPTIONS.displayName,
    admin: UPDATE_OPTIONS.admin,
    ...CONNECTION_OPTIONS,
  },
  examples: [{ command: "firesteel group update data --display-name science", explanation: "another name" }],
  async run(values, context) {
    const changes = changesOf(values);
    const directory = await openDirectory(values, context);
    const { id } = await directory.find(GROUP, values.name);
    const changed = await directory.patch(GROUP, id, changes);
    context.print.result(changed, () => principalFields(changed, context.print));
    return EXIT_CODES.ok;
  },
});

/** `add` and `remove` differ in one operation. */
function membersCommand(
  verb: "add" | "remove",
  summary: string,
  operations: (ids: readonly string[]) => readonly object[],
): Command {
  return command({
    path: ["group", verb],
    summary,
    arguments: {
      name: nameArgument(GROUP),
      members: rest("members...", "user names, application ids, display names or ids"),
    },
    options: CONNECTION_OPTIONS,
    examples: [
      {
        command: `firesteel group ${verb} data ada@example.com nightly`,
        explanation: "a user and a service principal",
      },
    ],
    run: async (values, context) => changeMembers(values, operations, context),
  });
}

async function changeMembers(
  values: AccountConnectionValues & { readonly name: string; readonly members: readonly string[] },
  operations: (ids: readonly string[]) => readonly object[],
  context: Context,
): Promise<ExitCode> {
  if (values.members.length === 0) throw usage("no member is named");
  const directory = await openDirectory(values, context);
  const [group, members] = await Promise.all([
    directory.find(GROUP, values.name),
    Promise.all(values.members.map((name) => directory.findMember(name))),
  ]);
  await directory.patch(GROUP, group.id, operations(members.map(({ id }) => id)));
  const changed = await directory.get(GROUP, group.id);
  context.print.result(changed, () => {
    const names = (changed.members ?? []).map(({ display, value }) => display ?? value);
    return `Members of ${nameOf(changed)}: ${names.length === 0 ? "none" : names.join(", ")}`;
  });
  return EXIT_CODES.ok;
}

const add = membersCommand("add", "Add members to a group", (ids) => [
  { op: "add", path: "members", value: ids.map((value) => ({ value })) },
]);

const remove = membersCommand("remove", "Take members out of a group", (ids) =>
  ids.map((id) => ({ op: "remove", path: `members[value eq "${id}"]` })),
);

export const GROUP_COMMANDS: readonly Command[] = [create, ...commonCommands(GROUP), update, add, remove];
