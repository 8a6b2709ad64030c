import { discover, hostOf, postForm } from "../../auth/authority.ts";
import { CLIENT_ID } from "../../auth/browser-sign-in.ts";
import { withoutProfile } from "../../auth/databrickscfg.ts";
import { alone, readText, writePrivately } from "../../auth/private-file.ts";
import {
  accountOf,
  authTypeOf,
  cacheKeys,
  configFile,
  profileName,
  readProfile,
} from "../../auth/profiles.ts";
import { TokenCache } from "../../auth/token-cache.ts";
import { command, flag, text } from "../../command.ts";
import { CliError, messageOf } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { trustAuthority } from "../../machine/authority.ts";

export const authLogout = command({
  path: ["auth", "logout"],
  summary: "End a profile's sign-in, here and at the server",
  details:
    "The tokens that a sign-in by browser was given are revoked and forgotten. The profile stays, to log in again; --delete removes it too, and with it the secrets of the other ways to sign in.",
  options: {
    profile: text("-p, --profile <name>", "profile (DATABRICKS_CONFIG_PROFILE; else DEFAULT)"),
    delete: flag("--delete", "remove the profile from .databrickscfg"),
  },
  examples: [
    { command: "firesteel auth logout --profile sales", explanation: "log in again later" },
    { command: "firesteel auth logout --profile ci --delete", explanation: "forget it" },
  ],
  async run(values, context) {
    const { print } = context;
    await trustAuthority(context.settings.dataDir);
    const profile = await readProfile(profileName(values.profile, context), context);
    const { name } = profile;
    const type = authTypeOf(profile);
    if (type !== "databricks-cli" && !values.delete) {
      throw new CliError(
        `profile ${name} signs in by ${type ?? "nothing that is known"}: it has no sign-in to end`,
        {
          exitCode: EXIT_CODES.usage,
          hint: "--delete removes the profile, with what it signs in by.",
        },
      );
    }
    if (type === "databricks-cli") {
      const host = hostOf(profile.values.get("host") ?? "");
      const accountId = accountOf(profile);
      const cache = new TokenCache(context.machine.homeDirectory);
      const keys = cacheKeys(name, host, accountId);
      const token = await cache.find(keys);
      // Forgotten first: whatever the server says, nobody uses it from here any more.
      await cache.remove(keys);
      if (token !== null) {
        await revoke(host, accountId, token.refresh_token ?? token.access_token).catch((error: unknown) =>
          print.warn(`the server was not told, and the token is good until it ends: ${messageOf(error)}`),
        );
      }
    }
    if (values.delete) {
      const file = configFile(context);
      await alone(file, async () => writePrivately(file, withoutProfile(await readText(file), name)));
    }
    print.result({ profile: name, deleted: values.delete }, () =>
      values.delete ? `Profile ${name} is gone.` : `Profile ${name} is logged out.`,
    );
    return EXIT_CODES.ok;
  },
});

async function revoke(host: string, accountId: string | null, token: string): Promise<void> {
  const { revocationEndpoint } = await discover(host, accountId);
  if (revocationEndpoint === null) throw new CliError(`${host} has no way to revoke tokens`);
  const response = await postForm(host, revocationEndpoint, { token, client_id: CLIENT_ID });
  await response.arrayBuffer();
  if (!response.ok) throw new CliError(`${host} answered ${response.status}`);
}
