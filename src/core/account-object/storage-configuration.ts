import { invalidParameter } from "../databricks-errors.ts";

/** The root bucket of workspaces (databricks-account-api.md B2). */
export interface StorageConfiguration {
  readonly bucketName: string;
  /** A role for Unity Catalog; stored and echoed. */
  readonly roleArn: string | null;
}

/** databricks-account-api.md B2. */
export const MAX_STORAGE_CONFIGURATIONS = 50;

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET_NAME = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.))+[a-z0-9]$/;

/** Throws where the name cannot be that of a bucket. */
export function checkStorageConfiguration({ bucketName }: StorageConfiguration): void {
  if (bucketName.length >= 3 && bucketName.length <= 63 && BUCKET_NAME.test(bucketName)) return;
  throw invalidParameter(
    `root_bucket_info.bucket_name: '${bucketName}' is not the name of an S3 bucket: give 3 to 63 lower-case letters, digits, hyphens and dots.`,
  );
}
