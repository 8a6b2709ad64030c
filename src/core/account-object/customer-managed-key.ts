import { invalidParameter } from "../databricks-errors.ts";

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

// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html, "Key ARN".
const KEY_ARN = /^arn:aws[a-z0-9-]*:kms:([a-z0-9-]+):\d{12}:key\/[\w-]+$/;

/** The region that a key's ARN names. Throws where it is not the ARN of a key. */
export function keyRegionOf(keyArn: string): string {
  const region = KEY_ARN.exec(keyArn)?.[1];
  if (region !== undefined) return region;
  throw invalidParameter(
    `aws_key_info.key_arn: '${keyArn}' is not the ARN of a KMS key: give arn:aws:kms:<region>:<12 digits>:key/<id>.`,
  );
}
