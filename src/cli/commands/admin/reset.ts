import { ACCOUNT_CONNECTION_OPTIONS } from "../../account/connection.ts";
import { command } from "../../command.ts";
import { EXIT_CODES } from "../../exit-codes.ts";

export const adminReset = command({
  path: ["admin", "reset"],
  summary: "Give the first administrator new credentials",
  details: `Works on the data directory itself, for who may read its secrets, while its server runs or not. The user and the service principal of admin.env get a new password, token and secret, and are account administrators again, whatever was done to them; where they were removed they are made anew.

Their old password, all their personal access tokens, OAuth secrets and sign-ins and the service principal's federation policies are revoked at once, and what was given for those with them. Other administrators, AWS access keys and the account's federation policies stay as they are: others sign in by them. Since their issuers could also name these two, the policies are listed. The new credentials are written to admin.env, and the password is printed this once.`,
  options: { accountId: ACCOUNT_CONNECTION_OPTIONS.accountId },
  examples: [{ command: "firesteel admin reset", explanation: "of the first account" }],
  async run({ accountId }, { host, print }) {
    const reset = await (await host.administration()).resetAdministrator(accountId ?? null);
    const { revoked } = reset;
    print.result(reset, () =>
      print.fields([
        ["Account", reset.account],
        ["User", reset.userName],
        ["Password", reset.password],
        ["Client ID", reset.clientId],
        ["Credentials", reset.adminEnv],
        [
          "Revoked",
          [
            ...(revoked.password ? ["the old password"] : []),
            `personal access tokens: ${revoked.personalAccessTokens}`,
            `OAuth secrets: ${revoked.servicePrincipalSecrets}`,
            `federation policies: ${revoked.federationPolicies}`,
          ].join(", "),
        ],
      ]),
    );
    print.note(
      "The password is not shown again; a shell that has the old credentials needs `firesteel env` anew.",
    );
    for (const { policyId, issuer } of reset.accountFederationPolicies)
      print.warn(
        `${issuer} can still sign in as ${reset.userName} or ${reset.clientId}, by the account's federation policy ${policyId}. If it should not: firesteel account federation-policy delete --policy-id ${policyId}`,
      );
    print.note(
      "Other administrators stay: `firesteel user list` and `firesteel service-principal list` show them.",
    );
    return EXIT_CODES.ok;
  },
});
