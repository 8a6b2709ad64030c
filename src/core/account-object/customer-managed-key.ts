/** A KMS key that encrypts a workspace's data (databricks-account-api.md B3). */
export interface CustomerManagedKey {
  readonly useCases: readonly KeyUseCase[];
  readonly keyArn: string;
  readonly keyAlias: string | null;
  /** Read from the ARN (seed 000 L225). */
  readonly keyRegion: string;
  /** Of keys for storage only; null for all others. */
  readonly reuseKeyForClusterVolumes: boolean | null;
}

export const KEY_USE_CASES = ["MANAGED_SERVICES", "STORAGE"] as const;
export type KeyUseCase = (typeof KEY_USE_CASES)[number];
