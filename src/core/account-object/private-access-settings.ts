import type { AccountObjectId } from "../ids.ts";

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
