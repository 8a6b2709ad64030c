import type { PrincipalId } from "../ids.ts";

/** The one state of an account: all are found by it. */
export const ACCOUNT_STATE = "RUNNING";

/** A Databricks account; its object's id is the account's id, a UUID. */
export interface DatabricksAccount {
  /** Put in front of every deployment name (seed 000 L321-327); null where none is set. */
  readonly deploymentPrefix: string | null;
  /** What a workspace gets that names no tier. */
  readonly pricingTier: PricingTier;
  /** The principals that the first start made, and what `admin.env` says of them; null once they were replaced. */
  readonly firstAdministrators: FirstAdministrators | null;
}

export const PRICING_TIERS = ["STANDARD", "PREMIUM", "ENTERPRISE", "COMMUNITY_EDITION", "DEDICATED"] as const;
export type PricingTier = (typeof PRICING_TIERS)[number];

export interface FirstAdministrators {
  readonly user: PrincipalId;
  readonly servicePrincipal: PrincipalId;
  /** JSON of their credentials, encrypted by the key ring. */
  readonly encryptedSecrets: string;
}
