import { hostOf } from "../../auth/authority.ts";
import type { Profile } from "../../auth/databrickscfg.ts";
import { accountOf, authTypeOf, cacheKeys, profileName, readProfile } from "../../auth/profiles.ts";
import { clientToken, currentToken } from "../../auth/tokens.ts";
import { command, flag, text } from "../../command.ts";
import type { Context } from "../../context.ts";
import { CliError } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { trustAuthority } from "../../machine/authority.ts";

export const authToken = command({
  path: ["auth", "token"],
  summary: "Print a profile's access token, renewed where it is about to end",
  details:
    "The SDKs run this for profiles of `auth login`, with --profile or with --host, and read its JSON. A sign-in by browser gives the kept token, a service principal a new one.",
  options: {
    profile: text("-p, --profile <name>", "profile (DATABRICKS_CONFIG_PROFILE; else DEFAULT)"),
    host: text("--host <url>", "in place of a profile: what was signed in to"),
    accountId: text("--account-id <id>", "with --host: the account, where it is the account's"),
    forceRefresh: flag("--force-refresh", "renew it also where it still lasts"),
  },
  examples: [
    { command: "firesteel auth token --profile sales", explanation: "as JSON, with its end" },
    { command: "firesteel auth token | jq -r .access_token", explanation: "the token alone" },
  ],
  async run(values, context) {
    const force = values.forceRefresh;
    await trustAuthority(context.settings.dataDir);
    // As the vendor's CLI has it: what the SDKs read is JSON, without being asked for.
    const show = ({ access_token, token_type, expiry }: Awaited<ReturnType<typeof currentToken>>) =>
      context.print.line(JSON.stringify({ access_token, token_type, expiry }, null, 2));
    if (values.host !== undefined && values.profile === undefined) {
      const [host, accountId] = [hostOf(values.host), values.accountId ?? null];
      show(await currentToken(context, { host, accountId, keys: cacheKeys(null, host, accountId), force }));
      return EXIT_CODES.ok;
    }
    const profile = await readProfile(profileName(values.profile, context), context);
    show(await tokenOf(profile, context, force));
    return EXIT_CODES.ok;
  },
});

async function tokenOf(profile: Profile, context: Context, force: boolean) {
  const { name, values } = profile;
  const host = hostOf(values.get("host") ?? "");
  const accountId = accountOf(profile);
  const type = authTypeOf(profile);
  if (type === "databricks-cli")
    return currentToken(context, { host, accountId, keys: cacheKeys(name, host, accountId), force });
  const [id, secret] = [values.get("client_id"), values.get("client_secret")];
  if (type === "oauth-m2m" && id !== undefined && secret !== undefined)
    return clientToken(context, { host, accountId, id, secret })();
  throw new CliError(
    `profile ${name} signs in by ${type ?? "nothing that is known"}, which has no access token`,
    {
      exitCode: EXIT_CODES.usage,
      hint: "Log in with a browser or as a service principal: `firesteel auth login`.",
    },
  );
}
