import type { Scope } from "../ids.ts";

/** A log group or stream that cannot be had, however often it is tried; the message names it and says why. */
export class LogGroupError extends Error {
  override readonly name = "LogGroupError";
}

/** CloudWatch Logs as far as job runs need it: streams of text that grow. */
export interface LogGroups {
  /**
   * Cuts the stream to `sizeBytes`, appends, and answers the new size. A missing group or stream is made first
   * (emr-b.md B7) where the size is 0. Throws `CutShortError` where the stream is missing or shorter than its size,
   * {@link LogGroupError} where it can never be had, and anything else where a later try may help.
   */
  appendAt(
    scope: Scope,
    group: string,
    stream: string,
    sizeBytes: number,
    bytes: Uint8Array,
  ): Promise<number>;
}
