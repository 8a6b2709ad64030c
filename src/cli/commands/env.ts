import { workspaceNamed } from "../account/workspaces.ts";
import { command, text } from "../command.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { quoteForShell, readAdminEnv } from "../machine/admin-env.ts";
import { runningServer } from "../machine/server-record.ts";

export const env = command({
  path: ["env"],
  summary: "Print the variables that clients need, for eval",
  details:
    "They point boto3, the AWS CLI and the other AWS clients at the server of the data directory, as its administrator.",
  options: {
    workspace: text("--workspace <name>", "point Databricks clients at this workspace, by name or id"),
  },
  examples: [
    { command: 'eval "$(firesteel env)"', explanation: "set them in this shell" },
    { command: "firesteel env -o json", explanation: "as JSON" },
    { command: 'eval "$(firesteel env --workspace my-workspace)"', explanation: "for calls of a workspace" },
  ],
  async run(values, context) {
    const { print, settings } = context;
    const stored = await readAdminEnv(settings.dataDir);
    if (stored === null) {
      throw new CliError(`no server has run on ${settings.dataDir} yet`, {
        exitCode: EXIT_CODES.unreachable,
        hint: "Start one with `firesteel server`, or name another --data-dir.",
      });
    }
    // boto3 and version 1 of the AWS CLI do not look at AWS_REGION (botocore configprovider.py).
    const variables = new Map([
      ["AWS_DEFAULT_REGION", stored.get("AWS_REGION") ?? settings["aws.region"]],
      ...stored,
    ]);
    const server = await runningServer(settings.dataDir);
    if (values.workspace !== undefined) {
      const { workspace_url: url } = await workspaceNamed(values.workspace, server, context);
      variables.set("DATABRICKS_HOST", url);
      // It goes with the account's host, and may be left in the shell by an `env` before.
      variables.delete("DATABRICKS_ACCOUNT_ID");
    } else if (server === null) {
      print.warn("the server is not running: start it with `firesteel server`");
    }
    print.result(Object.fromEntries(variables), () =>
      [
        ...[...variables].map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
        ...(values.workspace === undefined ? [] : ["unset DATABRICKS_ACCOUNT_ID"]),
      ].join("\n"),
    );
    return EXIT_CODES.ok;
  },
});
