import { join } from "node:path";
import type { Context } from "../context.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { type Profile, profilesOf } from "./databrickscfg.ts";
import { readText } from "./private-file.ts";

/** How a profile signs in: the `auth_type`s of the SDKs that are known here. */
export type AuthType = "databricks-cli" | "oauth-m2m" | "basic" | "pat" | "azure-client-secret";

/** Every key that says how to sign in: those of one way are in the way of another (databricks-account-api.md A9, A10). */
export const AUTH_KEYS = [
  "auth_type",
  "token",
  "username",
  "password",
  "client_id",
  "client_secret",
  "databricks_cli_path",
  "azure_workspace_resource_id",
  "azure_use_msi",
  "azure_client_id",
  "azure_client_secret",
  "azure_tenant_id",
  "azure_environment",
  "azure_login_app_id",
  "account_id",
  "workspace_id",
];

export function configFile({ machine }: Pick<Context, "machine">): string {
  return machine.environment.DATABRICKS_CONFIG_FILE || join(machine.homeDirectory, ".databrickscfg");
}

/** The profile that is meant where none is named: databricks-sdk-py config.py, `_known_file_config_loader`. */
export function profileName(named: string | undefined, { machine }: Pick<Context, "machine">): string {
  return named ?? (machine.environment.DATABRICKS_CONFIG_PROFILE || "DEFAULT");
}

export async function readProfiles(context: Pick<Context, "machine">): Promise<Profile[]> {
  return profilesOf(await readText(configFile(context)));
}

/** Throws with exit code 2 where there is none of that name. */
export async function readProfile(name: string, context: Pick<Context, "machine">): Promise<Profile> {
  const profiles = await readProfiles(context);
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  throw new CliError(`${configFile(context)} has no profile ${name}`, {
    exitCode: EXIT_CODES.usage,
    hint: `It has: ${profiles.map((profile) => profile.name).join(", ") || "none"}. \`firesteel auth login --profile ${name}\` makes it.`,
  });
}

/** How a profile signs in: what it says, or what its other keys say; null where nothing does. */
export function authTypeOf({ values }: Profile): string | null {
  const said = values.get("auth_type");
  if (said !== undefined && said !== "") return said;
  if (values.has("token")) return "pat";
  if (values.has("username") && values.has("password")) return "basic";
  if (values.has("client_id") && values.has("client_secret")) return "oauth-m2m";
  if (values.has("azure_client_id") && values.has("azure_client_secret")) return "azure-client-secret";
  return null;
}

/** Where the tokens of a sign-in by browser are kept: under the profile, and as SDKs look that know no profiles. */
export function cacheKeys(profile: string | null, host: string, accountId: string | null): string[] {
  const ofHost = accountId === null ? host : `${host}/oidc/accounts/${accountId}`;
  return profile === null ? [ofHost] : [profile, ofHost];
}

/** The account whose own server a profile's host is; null for a workspace's. */
export function accountOf({ values }: Profile): string | null {
  return values.get("workspace_id") === undefined ? (values.get("account_id") ?? null) : null;
}
