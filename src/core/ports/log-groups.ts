import type { Scope } from "../ids.ts";

/** CloudWatch Logs as far as job runs need it: streams of text that grow. */
export interface LogGroups {
  /**
   * Cuts the stream to `sizeBytes`, appends, and answers the new size. A missing group or stream is made first
   * (emr-b.md B7) where the size is 0. Throws `CutShortError` where the stream is missing or shorter than its size, and
   * with a message that names the group where it cannot.
   */
  appendAt(
    scope: Scope,
    group: string,
    stream: string,
    sizeBytes: number,
    bytes: Uint8Array,
  ): Promise<number>;
}
