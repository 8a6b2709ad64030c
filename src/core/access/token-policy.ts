import { invalidParameter, permissionDenied } from "../databricks-errors.ts";
import type { Json } from "../json.ts";

/** The setting of a workspace that `workspace-conf` reads and writes: values are texts (databricks-workspace-api.md C16). */
export const WORKSPACE_CONF = "workspace-conf";

/** One principal has at most this many valid tokens in an account (databricks-workspace-api.md C11). */
export const TOKENS_LIMIT = 600;

const DAY_SECONDS = 86_400;
/** What the cloud gives where a workspace sets no maximum (databricks-workspace-api.md C11). */
const DEFAULT_MAX_DAYS = 730;

export interface NewTokenWishes {
  readonly lifetimeSeconds: number | null;
  readonly scopes: readonly string[];
  readonly autoscope: boolean;
}

/**
 * The lifetime of a new token under what the workspace's administrators have set. Throws where tokens are switched
 * off, where it would live too long, and where it shall be able to do less than its owner: such a token this server
 * does not make, and one that can do more than was asked for it must not.
 */
export function tokenLifetimeSeconds(wishes: NewTokenWishes, workspaceConf: Json | null): number {
  const conf = typeof workspaceConf === "object" && workspaceConf !== null ? workspaceConf : {};
  const value = (name: string) => Object.entries(conf).find(([key]) => key === name)?.[1];
  if (value("enableTokensConfig") === "false")
    throw permissionDenied("Personal access tokens are disabled in this workspace.");
  const narrow = wishes.scopes.filter((scope) => scope !== "all-apis");
  if (narrow.length > 0 || wishes.autoscope)
    throw invalidParameter("Tokens with scopes are not supported: leave scopes and autoscope_enabled out.");
  const maxDays = Number(value("maxTokenLifetimeDays")) || DEFAULT_MAX_DAYS;
  const maxSeconds = maxDays * DAY_SECONDS;
  const seconds = wishes.lifetimeSeconds ?? maxSeconds;
  if (seconds >= 1 && seconds <= maxSeconds) return seconds;
  throw invalidParameter(
    `lifetime_seconds: ${seconds} is not from 1 to ${maxSeconds}, the ${maxDays} days that this workspace allows.`,
  );
}
