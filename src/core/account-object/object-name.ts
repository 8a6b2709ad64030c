import { invalidParameter } from "../databricks-errors.ts";

/** Names of networks and private access settings have 4 to 256 characters (databricks-account-api.md B5, B6). */
export function checkObjectName(member: string, name: string): void {
  if (name.length < 4 || name.length > 256) throw invalidParameter(`${member}: give 4 to 256 characters.`);
}
