import { BucketError } from "../../core/ports/buckets.ts";

/** The service's own buckets, such as `us-east-1.elasticmapreduce`, which hold its samples. */
const SAMPLES_BUCKET = /^[a-z0-9-]+\.elasticmapreduce$/i;

// S3's rules for new buckets (bucketnamingrules.html of its user guide), as far as they concern the name's form.
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Folder of a bucket in which drivers write objects until they are whole (`BucketDirectory.java`); it is no key. */
export const DRIVER_STAGING = ".firesteel-staging";
const LONGEST_PART_BYTES = 255;
const LONGEST_KEY_BYTES = 1024;

export function isSamplesBucket(bucket: string): boolean {
  return SAMPLES_BUCKET.test(bucket);
}

/** Throws `InvalidBucketName` for a name that S3 would not have, which also keeps `..` and hidden folders out. */
export function checkBucketName(bucket: string): void {
  if (isSamplesBucket(bucket)) return;
  if (BUCKET_NAME.test(bucket) && !bucket.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return;
  throw new BucketError(
    "InvalidBucketName",
    `The specified bucket is not valid: '${bucket}' must be 3 to 63 lower-case letters, digits, dots and hyphens.`,
  );
}

/**
 * Throws `InvalidKey` for keys that S3 has and a folder cannot hold, by name: empty, `.` and `..` parts (so also `//`
 * and a leading or trailing slash), parts over 255 bytes, NUL.
 */
export function checkKey(key: string): void {
  const refuse = (why: string) =>
    new BucketError("InvalidKey", `The key '${key}' cannot be stored in a folder: ${why}.`);
  if (key === "") throw refuse("it is empty");
  if (key.includes("\0")) throw refuse("it holds a NUL character");
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES)
    throw refuse(`it is longer than ${LONGEST_KEY_BYTES} bytes`);
  if (key === DRIVER_STAGING || key.startsWith(`${DRIVER_STAGING}/`))
    throw refuse("its first part is the name of a folder of Firesteel's");
  for (const part of key.split("/")) {
    if (part === "") throw refuse("it has an empty part ('//', or a slash at its start or end)");
    if (part === "." || part === "..") throw refuse(`it has a part '${part}'`);
    if (Buffer.byteLength(part) > LONGEST_PART_BYTES)
      throw refuse(`it has a part longer than ${LONGEST_PART_BYTES} bytes`);
  }
}
