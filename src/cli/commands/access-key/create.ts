import { command, text } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

/** IAM API Reference, CreateUser, `UserName`. */
const USER_NAME = /^[\w+=,.@-]{1,64}$/;

export const accessKeyCreate = command({
  path: ["access-key", "create"],
  summary: "Create an access key",
  details: "The secret is printed this once and stored encrypted. A running server accepts the key at once.",
  options: { user: text("--user <name>", "name of the IAM user that it signs for (default: admin)") },
  examples: [{ command: "firesteel access-key create --user ci", explanation: "a key for a build" }],
  async run(values, { host, print }) {
    const user = values.user ?? "admin";
    if (!USER_NAME.test(user)) {
      throw new CliError(`--user ${user}: a user's name has 1 to 64 letters, digits and _+=,.@-`, {
        exitCode: EXIT_CODES.usage,
      });
    }
    const key = await host.accessKeys().create(user);
    print.result(key, () =>
      print.fields([
        ["AWS_ACCESS_KEY_ID", key.id],
        ["AWS_SECRET_ACCESS_KEY", key.secret],
        ["Principal", key.principalArn],
      ]),
    );
    print.note("The secret is not shown again.");
    return EXIT_CODES.ok;
  },
});
