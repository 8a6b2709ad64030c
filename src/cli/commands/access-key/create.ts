import { command, text } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const accessKeyCreate = command({
  path: ["access-key", "create"],
  summary: "Create an access key",
  details: "The secret is printed this once and stored encrypted. A running server accepts the key at once.",
  options: { user: text("--user <name>", "name of the IAM user that it signs for (default: admin)") },
  examples: [{ command: "firesteel access-key create --user ci", explanation: "a key for a build" }],
  async run(values, { host, print }) {
    const key = await host.accessKeys().create(values.user ?? "admin");
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
