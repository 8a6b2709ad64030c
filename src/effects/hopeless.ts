import { BucketError } from "../core/ports/buckets.ts";
import { LogGroupError } from "../core/ports/log-groups.ts";

/** What no later try changes, unless somebody changes the names or the rights first. */
const HOPELESS_CODES = {
  NoSuchBucket: false,
  NoSuchKey: false,
  InvalidBucketName: true,
  InvalidKey: true,
  AccessDenied: true,
  ReadOnly: true,
  Conflict: true,
} as const satisfies Record<BucketError["code"], boolean>;

/** Whether a log target can never work: then nobody waits for it. */
export function isHopeless(error: unknown): boolean {
  return error instanceof LogGroupError || (error instanceof BucketError && HOPELESS_CODES[error.code]);
}
