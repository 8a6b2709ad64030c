import { isDeploymentPrefix } from "../../../core/workspace/deployment-name.ts";
import { ACCOUNT_CONNECTION_OPTIONS } from "../../account/connection.ts";
import { command, text } from "../../command.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const accountSet = command({
  path: ["account", "set"],
  summary: "Change what no operation of the account API changes",
  details:
    "The prefix stands in front of the deployment names of workspaces that are made from now on, a running server's too.\nIt works on the data directory itself, for who may read its secrets.",
  options: {
    deploymentPrefix: text("--deployment-prefix <prefix>", "such as acme: acme-my-workspace; '' for none"),
    accountId: ACCOUNT_CONNECTION_OPTIONS.accountId,
  },
  examples: [
    { command: "firesteel account set --deployment-prefix acme", explanation: "of the first account" },
  ],
  async run({ deploymentPrefix: prefix, accountId }, { host, print }) {
    if (prefix === undefined || (prefix !== "" && !isDeploymentPrefix(prefix))) {
      throw new CliError(
        prefix === undefined
          ? "nothing to set"
          : `--deployment-prefix ${prefix}: not a deployment name prefix`,
        {
          exitCode: EXIT_CODES.usage,
          hint: "Such as --deployment-prefix acme: up to 61 letters, digits and hyphens, the first and the last no hyphen.",
        },
      );
    }
    const account = await host.setDeploymentPrefix(accountId ?? null, prefix === "" ? null : prefix);
    print.result(
      account,
      () => `Deployment names of account ${account.id}: ${prefix === "" ? "no prefix" : `${prefix}-…`}`,
    );
    return EXIT_CODES.ok;
  },
});
