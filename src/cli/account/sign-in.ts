import type { Profile } from "../auth/databrickscfg.ts";
import { CliError } from "../errors.ts";
import { EXIT_CODES } from "../exit-codes.ts";

/** A value with where it was found, as an error tells it: an option, a variable or a profile. */
export interface Found {
  readonly value: string;
  readonly source: string;
}

/** How to sign in, and what said so. */
export type SignIn = { readonly source: string } & (
  | { readonly type: "pat"; readonly token: string }
  | { readonly type: "basic"; readonly userName: string; readonly password: string }
  | { readonly type: "oauth-m2m"; readonly id: string; readonly secret: string }
  | { readonly type: "databricks-cli" }
);

/** Keys of a profile with their variables (databricks-sdk-py config.py, `Config`). */
const VARIABLES = {
  host: "DATABRICKS_HOST",
  account_id: "DATABRICKS_ACCOUNT_ID",
  auth_type: "DATABRICKS_AUTH_TYPE",
  token: "DATABRICKS_TOKEN",
  username: "DATABRICKS_USERNAME",
  password: "DATABRICKS_PASSWORD",
  client_id: "DATABRICKS_CLIENT_ID",
  client_secret: "DATABRICKS_CLIENT_SECRET",
} as const;

type Key = keyof typeof VARIABLES;

/** What each way of signing in needs. */
const NEEDS = {
  pat: ["token"],
  basic: ["username", "password"],
  "oauth-m2m": ["client_id", "client_secret"],
} as const satisfies Readonly<Record<string, readonly Key[]>>;

export interface Sources {
  readonly endpointUrl: string | undefined;
  readonly accountId: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Null where none is named. */
  readonly profile: Profile | null;
  /** Whether --profile named it, no variable. */
  readonly isProfileExplicit: boolean;
}

/** As the SDKs look for each value by itself: options, then variables, then the profile (`_known_file_config_loader`). */
export function find(key: Key, sources: Sources): Found | null {
  const { endpointUrl, accountId } = sources;
  if (key === "host" && endpointUrl !== undefined) return { value: endpointUrl, source: "--endpoint-url" };
  if (key === "account_id" && accountId !== undefined) return { value: accountId, source: "--account-id" };
  return fromEnvironment(key, sources) ?? fromProfile(key, sources);
}

function fromEnvironment(key: Key, { environment }: Sources): Found | null {
  const value = environment[VARIABLES[key]];
  return value ? { value, source: VARIABLES[key] } : null;
}

function fromProfile(key: Key, { profile }: Sources): Found | null {
  const value = profile?.values.get(key);
  return value ? { value, source: `profile ${profile?.name}` } : null;
}

/**
 * How these sources sign in; null where they say nothing. Throws where they say several things (`_validate` of the SDK),
 * half of one, or what is not known here. An explicit profile is never silently overruled by the environment, as the
 * vendor's CLI has it (databricks/cli issues 1194, 5096): the two have to agree.
 */
export function signInOf(sources: Sources): SignIn | null {
  const said = find("auth_type", sources);
  const begun = Object.entries(NEEDS).flatMap(([type, keys]) => {
    const found = keys.map((key) => find(key, sources)).find((each) => each !== null);
    return found == null ? [] : [{ type, source: found.source }];
  });
  if (said === null && begun.length > 1) {
    throw usage(
      `more than one authorization method configured: ${begun.map(({ type, source }) => `${type} (${source})`).join(" and ")}`,
      `Keep one, or choose with DATABRICKS_AUTH_TYPE: ${begun.map(({ type }) => type).join(" or ")}.`,
    );
  }
  const type = said?.value ?? begun[0]?.type ?? null;
  if (type === null) return azure(sources);
  checkAgreement(type, sources);
  switch (type) {
    case "databricks-cli":
      return { type, source: said?.source ?? "" };
    case "pat": {
      const [token] = values(type, NEEDS.pat, sources, said);
      return { type, token: token?.value ?? "", source: token?.source ?? "" };
    }
    case "basic": {
      const [userName, password] = values(type, NEEDS.basic, sources, said);
      return {
        type,
        userName: userName?.value ?? "",
        password: password?.value ?? "",
        source: both(userName, password),
      };
    }
    case "oauth-m2m": {
      const [id, secret] = values(type, NEEDS[type], sources, said);
      return { type, id: id?.value ?? "", secret: secret?.value ?? "", source: both(id, secret) };
    }
    default:
      throw notKnown(type, said?.source ?? "");
  }
}

function values(type: string, keys: readonly Key[], sources: Sources, said: Found | null): Found[] {
  const found = keys.map((key) => find(key, sources));
  const absent = keys.filter((_key, index) => found[index] === null);
  if (absent.length === 0) return found.filter((each) => each !== null);
  const known = found.find((each) => each !== null);
  const { profile } = sources;
  throw usage(
    `${said?.source ?? known?.source} signs in by ${type}, and there is no ${absent.join(" and no ")}`,
    `Set ${absent.map((key) => VARIABLES[key]).join(" and ")}${profile === null ? "" : `, or give profile ${profile.name} what it lacks: \`firesteel auth login --profile ${profile.name}\``}.`,
  );
}

/** Throws where --profile is given, and the environment would sign in as somebody else. */
function checkAgreement(type: string, sources: Sources): void {
  const { profile, isProfileExplicit } = sources;
  if (profile === null || !isProfileExplicit) return;
  const used: Readonly<Record<string, readonly Key[]>> = NEEDS;
  for (const key of ["auth_type", ...(used[type] ?? [])] as const) {
    const [there, here] = [fromEnvironment(key, sources), fromProfile(key, sources)];
    if (there === null || here === null || there.value === here.value) continue;
    throw usage(
      `${there.source} and profile ${profile.name} do not agree, and variables come before profiles`,
      `Unset ${there.source} to use the profile, or leave --profile out.`,
    );
  }
}

/** Entra ID's keys of a profile; others are none of ours. */
function azure({ profile }: Sources): null {
  if (profile?.values.get("azure_client_secret"))
    throw notKnown("azure-client-secret", `profile ${profile.name}`);
  return null;
}

function notKnown(type: string, source: string): CliError {
  return usage(
    `${source} signs in by ${type}, which is not known here`,
    "Known are databricks-cli, oauth-m2m, basic and pat. `firesteel auth login` makes a profile for one of the first three.",
  );
}

function both(one: Found | undefined, other: Found | undefined): string {
  return [...new Set([one?.source, other?.source])].join(" and ");
}

function usage(message: string, hint: string): CliError {
  return new CliError(message, { exitCode: EXIT_CODES.usage, hint });
}
