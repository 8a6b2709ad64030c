import { hostOf, send } from "../../auth/authority.ts";
import type { Profile } from "../../auth/databrickscfg.ts";
import { accountOf, authTypeOf, cacheKeys, configFile, readProfiles } from "../../auth/profiles.ts";
import { clientToken, currentToken } from "../../auth/tokens.ts";
import { command, flag } from "../../command.ts";
import type { Context } from "../../context.ts";
import { messageOf } from "../../errors.ts";
import { EXIT_CODES } from "../../exit-codes.ts";
import { trustAuthority } from "../../machine/authority.ts";

/** Whether a profile lets its owner in now: null where that cannot be found out here. */
interface Checked {
  readonly valid: boolean | null;
  readonly reason: string | null;
}

export const authProfiles = command({
  path: ["auth", "profiles"],
  summary: "List the profiles of .databrickscfg, and whether each lets you in",
  options: { skipValidate: flag("--skip-validate", "do not call anybody") },
  examples: [{ command: "firesteel auth profiles", explanation: "what the SDKs can use" }],
  async run(values, context) {
    const { print } = context;
    await trustAuthority(context.settings.dataDir);
    const profiles = await readProfiles(context);
    const rows = await Promise.all(
      profiles.map(async (profile) => {
        const checked = values.skipValidate ? { valid: null, reason: null } : await check(profile, context);
        return {
          name: profile.name,
          host: profile.values.get("host") ?? null,
          account_id: profile.values.get("account_id") ?? null,
          auth_type: authTypeOf(profile),
          ...checked,
        };
      }),
    );
    print.result({ profiles: rows, file: configFile(context) }, () =>
      print.table(
        [{ title: "PROFILE" }, { title: "HOST" }, { title: "SIGNS IN BY" }, { title: "VALID" }],
        rows.map(({ name, host, auth_type, valid, reason }) => [
          name,
          host ?? "-",
          auth_type ?? "-",
          valid === null ? (reason ?? "-") : valid ? "yes" : `no: ${reason}`,
        ]),
        `${configFile(context)} has no profiles. \`firesteel auth login\` makes one.`,
      ),
    );
    return EXIT_CODES.ok;
  },
});

async function check(profile: Profile, context: Context): Promise<Checked> {
  try {
    const host = hostOf(profile.values.get("host") ?? "");
    const accountId = accountOf(profile);
    const authorization = await authorizationOf(profile, host, accountId, context);
    if (authorization === null) return { valid: null, reason: "not checked" };
    // What `databricks auth profiles` asks (databricks-account-api.md A6).
    const path =
      accountId === null ? "/api/2.0/preview/scim/v2/Me" : `/api/2.0/accounts/${accountId}/workspaces`;
    const response = await send(host, host + path, { headers: { authorization } });
    await response.arrayBuffer();
    // A user of the account who is no administrator may not list its workspaces, and is let in all the same.
    const isIn = response.ok || (accountId !== null && response.status === 403);
    return isIn ? { valid: true, reason: null } : { valid: false, reason: `HTTP ${response.status}` };
  } catch (error) {
    return { valid: false, reason: messageOf(error) };
  }
}

/** Null for a way of signing in that is not known here, such as Entra ID's. */
async function authorizationOf(
  profile: Profile,
  host: string,
  accountId: string | null,
  context: Context,
): Promise<string | null> {
  const value = (key: string) => profile.values.get(key) ?? "";
  switch (authTypeOf(profile)) {
    case "pat":
      return `Bearer ${value("token")}`;
    case "basic":
      return `Basic ${Buffer.from(`${value("username")}:${value("password")}`).toString("base64")}`;
    case "oauth-m2m": {
      const [id, secret] = [value("client_id"), value("client_secret")];
      return `Bearer ${(await clientToken(context, { host, accountId, id, secret })()).access_token}`;
    }
    case "databricks-cli": {
      const keys = cacheKeys(profile.name, host, accountId);
      return `Bearer ${(await currentToken(context, { host, accountId, keys, force: false })).access_token}`;
    }
    default:
      return null;
  }
}
