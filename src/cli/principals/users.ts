import { type Command, command, flag, required, text } from "../command.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { passwordFile, readNewPassword } from "../password-input.ts";
import { commonCommands, nameArgument } from "./common-commands.ts";
import { changesOf, createWith, START_OPTIONS, UPDATE_OPTIONS } from "./create.ts";
import { ACCOUNT_ADMIN, USER } from "./kinds.ts";
import { CONNECTION_OPTIONS, openDirectory, principalFields } from "./parameters.ts";

const create = command({
  path: ["user", "create"],
  summary: "Make a user of the account",
  details:
    "A user signs in with a password once `firesteel user set-password` has set one, or by single sign-on, and then makes tokens.",
  arguments: { userName: required("user-name", "e-mail address to sign in with") },
  options: {
    displayName: text("--display-name <name>", "what to show for it (the user name by default)"),
    admin: flag("--admin", "as an account administrator"),
    ...START_OPTIONS,
    ...CONNECTION_OPTIONS,
  },
  examples: [
    { command: "firesteel user create ada@example.com", explanation: "somebody who may nothing yet" },
    {
      command: "firesteel user create ada@example.com --group data --workspace my-workspace",
      explanation: "in a group and a workspace",
    },
    { command: "firesteel user create ada@example.com --admin", explanation: "an account administrator" },
  ],
  async run(values, context) {
    const directory = await openDirectory(values, context);
    const { userName, displayName, admin } = values;
    const body = {
      userName,
      ...(displayName !== undefined && { displayName }),
      ...(admin && { roles: [{ value: ACCOUNT_ADMIN }] }),
    };
    const made = await createWith(directory, USER, body, values, context);
    context.print.result(made, () => principalFields(made, context.print));
    context.print.note(`To let it sign in with a password: firesteel user set-password ${userName}`);
    return EXIT_CODES.ok;
  },
});

const update = command({
  path: ["user", "update"],
  summary: "Change a user: an administrator or not, active or not, its display name",
  arguments: { name: nameArgument(USER) },
  options: { ...UPDATE_OPTIONS, ...CONNECTION_OPTIONS },
  examples: [
    {
      command: "firesteel user update ada@example.com --admin true",
      explanation: "make an account administrator",
    },
    {
      command: "firesteel user update ada@example.com --active false",
      explanation: "keep somebody out for a while",
    },
  ],
  async run(values, context) {
    const changes = changesOf(values);
    const directory = await openDirectory(values, context);
    const { id } = await directory.find(USER, values.name);
    const changed = await directory.patch(USER, id, changes);
    context.print.result(changed, () => principalFields(changed, context.print));
    return EXIT_CODES.ok;
  },
});

const setPassword = command({
  path: ["user", "set-password"],
  summary: "Set the password of a user",
  details:
    "Works on the data directory itself, since the API has no operation for it, while its server runs or not. Whoever is signed in with the old password has to sign in again; personal access tokens stay. The password is typed unseen, or read from a file or standard input: never from the command line.",
  arguments: { userName: required("user-name", "its user name") },
  options: { passwordFile, accountId: CONNECTION_OPTIONS.accountId },
  examples: [
    { command: "firesteel user set-password ada@example.com", explanation: "asks for it" },
    {
      command: "firesteel user set-password ada@example.com --password-file - < password.txt",
      explanation: "for a script",
    },
  ],
  async run({ userName, passwordFile: file, accountId }, context) {
    const password = await readNewPassword(file, context);
    await (await context.host.administration()).setPassword(accountId ?? null, userName, password);
    context.print.result({ userName }, () => `The password of ${userName} is set`);
    return EXIT_CODES.ok;
  },
});

export const USER_COMMANDS: readonly Command[] = [create, ...commonCommands(USER), update, setPassword];
