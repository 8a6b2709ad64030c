import { invalidParameter } from "../databricks-errors.ts";
import type { AccountObjectId } from "../ids.ts";
import { checkObjectName } from "./object-name.ts";

/** Which private connections reach a workspace (databricks-account-api.md B5). */
export interface PrivateAccessSettings {
  readonly region: string;
  readonly publicAccessEnabled: boolean;
  readonly level: PrivateAccessLevel;
  /** Ids of VPC endpoint objects; they count at level ENDPOINT only. */
  readonly allowedVpcEndpoints: readonly AccountObjectId[];
}

export const PRIVATE_ACCESS_LEVELS = ["ACCOUNT", "ENDPOINT", "ANY"] as const;
export type PrivateAccessLevel = (typeof PRIVATE_ACCESS_LEVELS)[number];

/** Throws where the name or the combination is not one (databricks-account-api.md B5). */
export function checkPrivateAccessSettings(name: string, settings: PrivateAccessSettings): void {
  checkObjectName("private_access_settings_name", name);
  if (settings.region === "") throw invalidParameter("region: give the region of the workspaces.");
  if (settings.allowedVpcEndpoints.length > 0 && settings.level !== "ENDPOINT") {
    throw invalidParameter(
      `allowed_vpc_endpoint_ids go with private_access_level ENDPOINT; the level is ${settings.level}.`,
    );
  }
}
